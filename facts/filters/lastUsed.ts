import { type LastUsedFilter, lastUsedBounds } from '../../domain/audience/kinds/lastUsed.js';
import { instant } from '../../storage/pool.js';
import type { SqlContext } from './sqlContext.js';
import { totalSql } from './tallies.js';

/** Without a session every comparison is null, and the person is out. */
export function lastUsedToSql(filter: LastUsedFilter, context: SqlContext): string {
  const bounds = lastUsedBounds(filter, context.now);
  const lastAt = `(${totalSql('last_at', { eventKind: 'session', name: '' }, context)})`;
  const at = (limit: number) => context.parameters.add(instant(limit), 'timestamptz');
  const tests = [
    ...bounds.atOrBefore.map((limit) => `${lastAt} <= ${at(limit)}`),
    ...bounds.before.map((limit) => `${lastAt} < ${at(limit)}`),
    ...bounds.after.map((limit) => `${lastAt} > ${at(limit)}`),
  ];
  return `coalesce(${tests.join(' and ')}, false)`;
}
