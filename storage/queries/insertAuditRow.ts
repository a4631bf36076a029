import { instant, type Queryable } from '../pool.js';

// The values of `action` are our own words; `subject` and the rest are stored as data, never as log text.
const SQL = `
  insert into audit_log (at, api_key_id, action, subject, before, after)
  values ($1::timestamptz, $2::bigint, $3::text, $4::text, $5::jsonb, $6::jsonb)
`;

export interface AuditEntry {
  readonly at: number;
  readonly apiKeyId: number;
  readonly action: string;
  /** What it was done to, as `campaign/<key>`. */
  readonly subject: string;
  readonly before: object | null;
  readonly after: object | null;
}

/** In the transaction of the change it tells of. */
export async function insertAuditRow(tx: Queryable, entry: AuditEntry): Promise<void> {
  const { at, apiKeyId, action, subject, before, after } = entry;
  await tx.query({
    name: 'insertAuditRow',
    text: SQL,
    values: [instant(at), apiKeyId, action, subject, toJson(before), toJson(after)],
  });
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
