/**
 * Refused access in the audit log, in bounds: for each caller and minute the first at once, the others as one row with
 * their count when the minute is over. Of more callers in a minute than are told apart, one row has the sum.
 */
import type { Pool } from '../../storage/pool.js';
import { type AuditEntry, insertAuditRow } from '../../storage/queries/insertAuditRow.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';

export type Refused = Pick<AuditEntry, 'apiKeyId' | 'actor' | 'action' | 'subject'> & {
  readonly why: Readonly<Record<string, string>>;
};

interface Deps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

const WINDOW_MS = 60_000;
/** Rows a minute and process: twice this, and one. */
const MOST_TOLD_APART = 100;

export class Refusals {
  /** Beyond the first, by whatever makes them the same. */
  private readonly further = new Map<string, { readonly refused: Refused; count: number }>();
  private others = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly deps: Deps,
    private readonly windowMs = WINDOW_MS,
  ) {}

  /** Resolves when what is told at once is stored; a database that is away does not change the answer. */
  async note(refused: Refused): Promise<void> {
    this.timer ??= setTimeout(() => void this.flush(), this.windowMs).unref();
    const { apiKeyId, actor, action, subject, why } = refused;
    const name = JSON.stringify([apiKeyId, actor, action, apiKeyId === undefined ? null : [subject, why]]);
    const known = this.further.get(name);
    if (known !== undefined) known.count += 1;
    else if (this.further.size >= MOST_TOLD_APART) this.others += 1;
    else {
      this.further.set(name, { refused, count: 0 });
      await this.write(refused, 1);
    }
  }

  /** What the minute has left to tell; also asked for when the server stops. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const rows = [...this.further.values()].filter(({ count }) => count > 0);
    const others = this.others;
    this.further.clear();
    this.others = 0;
    for (const { refused, count } of rows) await this.write(refused, count);
    if (others === 0) return;
    const refused = { actor: 'other callers', action: 'access.refused', subject: 'any', why: {} };
    await this.write(refused, others);
  }

  private async write({ why, ...refused }: Refused, count: number): Promise<void> {
    try {
      const at = await this.deps.clock();
      await insertAuditRow(this.deps.pool, {
        at,
        ...refused,
        before: null,
        after: count === 1 ? why : { ...why, count },
      });
    } catch (error) {
      this.deps.logger.warn({ err: error, count }, 'refused access could not be noted in the audit log');
    }
  }
}
