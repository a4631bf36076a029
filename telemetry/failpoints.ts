/**
 * Named lines at every commit boundary where a process can be made to die, for the chaos run: `CRASH_AT=claimed:3` kills
 * it the third time it passes there, as a machine dies, with nothing tidied up. Nothing at all unless armed.
 */
const FAILPOINTS = [
  /** Recorded and decided, not committed. */
  'before_ack',
  /** Committed, not answered. */
  'after_ack_commit',
  /** Outbox rows leased, nothing carried out. */
  'outbox_claimed',
  /** Runs started, their outbox rows still there. */
  'workflow_started',
  /** The send claimed, the provider not called. */
  'claimed',
  /** The provider has answered, nothing settled. */
  'after_provider_accept',
  /** Settled, the attempt not answered. */
  'settled',
  /** The attempt is over, Temporal does not know. */
  'activity_done',
  /** A batch of an import is recorded and reported, not committed. */
  'import_recorded',
  /** It is committed, and nothing more done. */
  'import_committed',
] as const;
type Failpoint = (typeof FAILPOINTS)[number];

let armed: { readonly name: Failpoint; readonly count: number } | null = null;
let passed = 0;

/** `claimed:3`, for this process, from now on; null: it never dies of its own. */
export function armFailpoint(crashAt: string | null): void {
  armed = crashAt === null ? null : parseCrashAt(crashAt);
  if (crashAt !== null && armed === null) {
    throw new Error(
      `CRASH_AT must be a failpoint and a count, as claimed:3, not '${crashAt}': ${FAILPOINTS.join(', ')}`,
    );
  }
  passed = 0;
}

export function failpoint(name: Failpoint): void {
  if (armed === null || armed.name !== name) return;
  passed += 1;
  if (passed === armed.count) process.kill(process.pid, 'SIGKILL');
}

/** Null: it names no failpoint and count. */
export function parseCrashAt(crashAt: string): { readonly name: Failpoint; readonly count: number } | null {
  const [, wanted, count] = /^(\w+):(\d{1,9})$/.exec(crashAt) ?? [];
  const name = FAILPOINTS.find((each) => each === wanted);
  return name === undefined ? null : { name, count: Number(count) };
}
