import { instant, type Queryable } from '../../pool.js';

export interface Readiness {
  readonly is_migrated: boolean;
  readonly has_event_partition: boolean;
  readonly has_rejection_partition: boolean;
  /** Its clock, epoch ms. */
  readonly database_now: number;
}

// Names as `ensure_partitions` makes them.
const SQL = `
  select
    to_regclass('schema_migrations') is not null and to_regclass('write_probe') is not null as is_migrated,
    to_regclass('events_' || to_char($1::timestamptz at time zone 'UTC', 'YYYYMM')) is not null as has_event_partition,
    to_regclass('rejections_' || to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')) is not null as has_rejection_partition,
    clock_timestamp() as database_now
`;

/** Whether the schema is there, with the partitions that hold `ahead`. */
export async function checkReadiness(db: Queryable, ahead: number): Promise<Readiness> {
  const { rows } = await db.query<Readiness>({ name: 'checkReadiness', text: SQL, values: [instant(ahead)] });
  const [row] = rows;
  if (row === undefined) throw new Error('a select without from returned no row');
  return row;
}
