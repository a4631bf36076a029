// The values of named secrets as a process that sends has them: decrypted, for five seconds, and nowhere but in its memory.
import type { SealedSecret, SecretCipher } from '../domain/secret/secretCipher.js';

export type FoundSecret =
  | { readonly kind: 'found'; readonly value: string }
  /** `why`: names the secret and what is wrong, never a value. */
  | { readonly kind: 'lacking'; readonly why: string };

export interface SecretValues {
  /** One for each of the names. Rejects when the database does not answer. */
  find(names: readonly string[]): Promise<ReadonlyMap<string, FoundSecret>>;
}

export interface SecretValuesOptions {
  /** null: no key is set, and nothing is asked for. */
  readonly cipher: SecretCipher | null;
  load(names: readonly string[]): Promise<readonly (SealedSecret & { readonly name: string })[]>;
  /** Monotonic, ms: how long a value is kept, and nothing else. */
  readonly monotonicMs?: () => number;
}

/** How long a value that was replaced is still sent. */
export const KEPT_MS = 5_000;
/** As many names as there may be secrets; one that there is none of is kept as well. */
const MOST_KEPT = 1_000;

interface Kept {
  readonly until: number;
  /** Shared by all who ask while it is being loaded. */
  readonly found: Promise<FoundSecret>;
}

/** Loads the names that are not kept by one statement, so that a send costs none while its secret is in use. */
export function createSecretValues({
  cipher,
  load,
  monotonicMs = () => performance.now(),
}: SecretValuesOptions): SecretValues {
  const kept = new Map<string, Kept>();

  function loadMissing(names: readonly string[]): void {
    const now = monotonicMs();
    const missing = names.filter((name) => (kept.get(name)?.until ?? 0) <= now);
    if (missing.length === 0) return;
    const stored = load(missing);
    if (kept.size + missing.length > MOST_KEPT) kept.clear();
    for (const name of missing) {
      const found = stored.then((all) =>
        opened(
          name,
          all.find((each) => each.name === name),
        ),
      );
      kept.set(name, { until: now + KEPT_MS, found });
      // A failure is not kept: the next send asks again. Who waits for this one is told.
      found.catch(() => kept.delete(name));
    }
  }

  function opened(name: string, sealed: SealedSecret | undefined): FoundSecret {
    if (sealed === undefined) return { kind: 'lacking', why: `secret '${name}' does not exist` };
    const result = cipher?.open(name, sealed);
    if (result?.kind === 'opened') return { kind: 'found', value: result.value };
    const why = `no key of RAPPEL_SECRET_KEYS opens secret '${name}', encrypted with '${sealed.keyId}'`;
    return { kind: 'lacking', why };
  }

  return {
    async find(names) {
      const wanted = [...new Set(names)];
      if (cipher === null) {
        const why = 'RAPPEL_SECRET_KEYS is not set for this worker';
        return new Map(wanted.map((name) => [name, { kind: 'lacking', why }]));
      }
      loadMissing(wanted);
      const found = await Promise.all(wanted.map(async (name) => [name, await kept.get(name)?.found] as const));
      return new Map(found.flatMap(([name, each]) => (each === undefined ? [] : [[name, each] as const])));
    },
  };
}
