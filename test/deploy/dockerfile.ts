/** The steps of a Dockerfile, as far as ours uses its language: what is not understood is refused, not skipped. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  readonly image: string;
  /** As given by `AS`, otherwise its place. */
  readonly name: string;
  readonly steps: readonly Instruction[];
}

const KNOWN = new Set(['RUN', 'COPY', 'WORKDIR', 'ENV', 'USER', 'EXPOSE', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']);

export function parseDockerfile(text: string): readonly Stage[] {
  const stages: (Stage & { readonly steps: Instruction[] })[] = [];
  for (const { name, rest } of instructionsOf(text)) {
    if (name === 'FROM') {
      const [, image = '', , as] = /^(\S+)( AS (\S+))?$/i.exec(rest) ?? [];
      stages.push({ image, name: as ?? String(stages.length), steps: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined || !KNOWN.has(name))
      throw new Error(`The Dockerfile has a step unknown here: ${name} ${rest}`);
    stage.steps.push({ name, rest });
  }
  return stages;
}

function instructionsOf(text: string): readonly Instruction[] {
  const whole = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  return whole
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

/** `NAME=value NAME="a value"`. */
export function parseEnv(rest: string): Readonly<Record<string, string>> {
  const pairs = [...rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name = '', quoted, bare = '']) => [name, quoted ?? bare]));
}

/** `CMD`, `ENTRYPOINT` and the command of `HEALTHCHECK`, in the form without a shell. */
export function parseWords(rest: string): readonly string[] {
  return JSON.parse(rest) as string[];
}
