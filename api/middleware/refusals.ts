/**
 * Refusals that an operator may want to know of, in bounds (see `BoundedCounts`): refused access in the audit log, and every refused
 * request in the log: what was not valid, not there, not allowed or too much, by the code of the refusal, the route and who
 * asked. Each use of a key from an address that it was not used from within the hour is told as well.
 */
import type { Pool } from '../../storage/pool.js';
import { type AuditEntry, insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';
import { BoundedCounts } from './boundedCounts.js';

export type Refused = Pick<AuditEntry, 'apiKeyId' | 'actor' | 'action' | 'subject'> & {
  readonly why: Readonly<Record<string, string>>;
};

/** Nothing of it is about a person: the route is its template. */
export interface RefusedRequest {
  readonly client: string;
  readonly apiKeyId: number | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code: string;
}

interface Deps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

const HOUR_MS = 3_600_000;

export class Refusals {
  private readonly access: BoundedCounts<Refused>;
  private readonly requests: BoundedCounts<RefusedRequest>;
  private readonly uses: BoundedCounts<{ readonly apiKeyId: number; readonly client: string }>;

  constructor(
    private readonly deps: Deps,
    windowMs?: number,
  ) {
    const { logger } = deps;
    this.access = new BoundedCounts(
      {
        tell: (refused, count) => this.write(refused, count),
        tellOthers: (count) =>
          this.write({ actor: 'other callers', action: 'access.refused', subject: 'any', why: {} }, count),
      },
      windowMs,
    );
    this.requests = new BoundedCounts(
      {
        tell: async (refused, count) => logger.info({ ...refused, count }, 'request refused'),
        tellOthers: async (count) => logger.info({ count }, 'other requests refused'),
      },
      windowMs,
    );
    this.uses = new BoundedCounts(
      {
        tell: async (use, count) => logger.info({ ...use, count }, 'key used'),
        tellOthers: async (count) => logger.info({ count }, 'other keys used'),
      },
      windowMs ?? HOUR_MS,
    );
  }

  /** Resolves when what is told at once is stored; a database that is away does not change the answer. */
  note(refused: Refused): Promise<void> {
    const { apiKeyId, actor, action, subject, why } = refused;
    const name = JSON.stringify([apiKeyId, actor, action, apiKeyId === undefined ? null : [subject, why]]);
    return this.access.note(name, refused);
  }

  noteRequest(refused: RefusedRequest): void {
    void this.requests.note(JSON.stringify(refused), refused);
  }

  noteUse(apiKeyId: number, client: string): void {
    void this.uses.note(`${apiKeyId} ${client}`, { apiKeyId, client });
  }

  /** What there is left to tell; also asked for when the server stops. */
  async flush(): Promise<void> {
    await Promise.all([this.access.flush(), this.requests.flush(), this.uses.flush()]);
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
