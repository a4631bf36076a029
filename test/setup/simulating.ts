// Asks for a simulation and reads its lines.
import type request from 'supertest';

export interface SimulationAnswer {
  readonly people: number;
  readonly events: number;
  readonly entries: number;
  readonly rejections: Readonly<Record<string, number>>;
  readonly cancellations: Readonly<Record<string, number>>;
  readonly drops: Readonly<Record<string, number>>;
  readonly sends: { readonly total: number; readonly perDay: readonly { day: string; count: number }[] };
  readonly parked: number;
  readonly waiting: number;
  readonly waitingAtStart: number;
  readonly sample: readonly {
    readonly user: string | null;
    readonly timeline: readonly {
      readonly at: string;
      readonly what: string;
      readonly reason: string | null;
      readonly sentence: string;
    }[];
  }[];
}

interface Asker {
  send(method: 'post', path: string, body: Readonly<Record<string, unknown>>): request.Test;
}

export async function readLines(
  asker: Asker,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return await linesOf(path, asker.send('post', path, body));
}

/** The same of a GET. */
export async function getLines(
  asker: { send(method: 'get', path: string): request.Test },
  path: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return await linesOf(path, asker.send('get', path));
}

async function linesOf(path: string, call: request.Test): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await call.buffer(true).parse(readText);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text ?? answer.body}`);
  const text = String(answer.body);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** The result; fails when there is none. */
export async function simulation(
  asker: Asker,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<SimulationAnswer> {
  const last = (await readLines(asker, path, body)).at(-1);
  if (last?.result === undefined) throw new Error(`no result: ${JSON.stringify(last)}`);
  return last.result as SimulationAnswer;
}

type Parser = Parameters<request.Test['parse']>[0];

const readText: Parser = (response, done) => {
  let text = '';
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  response.on('end', () => done(null, text));
};
