import { instant } from '../../storage/pool.js';
import {
  CUT_EVENTS,
  EVENT_BODY,
  FITS,
  PAGE_ROWS,
  type PageRow,
  type StoredEventBody,
  type StoredEventsRequest,
} from '../../storage/queries/events/storedHistory.js';
import type { FactSource } from './factSource.js';

export interface StoredAsked {
  /** Events of the stream that may be exceptions; their first page. */
  readonly stored?: StoredEventsRequest & {
    /** The triggers themselves. */
    readonly exceptSeqs?: readonly number[];
  };
}

export interface StoredFact extends PageRow {
  readonly fact: 'stored';
  readonly body: StoredEventBody;
}

// Looked for from the earliest trigger's own time on: `received_at >= time` holds of every event (a check), so the same
// bound skips older partitions. What an import brought is heard by no campaign.
export const storedSource: FactSource<StoredAsked> = {
  kind: 'stored',
  sql({ stored }, parameters) {
    if (stored === undefined || stored.userIds.length === 0 || stored.listeners.length === 0) return null;
    const since = parameters.add(instant(stored.since), 'timestamptz');
    const kinds = parameters.add(
      stored.listeners.map(({ kind }) => kind),
      'text[]',
    );
    const names = parameters.add(
      stored.listeners.map(({ name }) => name),
      'text[]',
    );
    return `
      select 'stored' as fact, e.user_id, ${EVENT_BODY} as body, e.found, e.bytes
      from (
        with a as (select ${parameters.add(stored.keys, 'text[]')} as keys), l as (
          select e.*
          from unnest(${kinds}, ${names}) as x(kind, name)
          join events e
            on e.user_id = any(${parameters.add(stored.userIds, 'bigint[]')})
            and e.kind = x.kind and (x.name is null or e.name = x.name)
            and e.time >= ${since} and e.received_at >= ${since}
          where not e.imported and e.seq <> all(${parameters.add(stored.exceptSeqs ?? [], 'bigint[]')})
          order by e.user_id, e.time, e.seq
          limit ${PAGE_ROWS}
        )
        select * from ${CUT_EVENTS}
      ) e
      where ${FITS}
    `;
  },
};
