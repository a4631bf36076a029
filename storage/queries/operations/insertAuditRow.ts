import { instant, type Queryable } from '../../pool.js';

const SQL = `
  insert into audit_log (at, api_key_id, actor, action, subject, before, after)
  values ($1::timestamptz, $2::bigint, $3::text, $4::text, $5::text, $6::jsonb, $7::jsonb)
`;

export interface AuditEntry {
  readonly at: number;
  /** Who did it: an API key, or an `actor` that has none (`cli/ann`, `address:192.0.2.7`, `worker`). */
  readonly apiKeyId?: number;
  readonly actor?: string;
  readonly action: string;
  /** What it was done to, as `campaign/<key>`. */
  readonly subject: string;
  readonly before: object | null;
  readonly after: object | null;
}

/** In the transaction of the change it tells of. */
export async function insertAuditRow(tx: Queryable, entry: AuditEntry): Promise<void> {
  const { at, apiKeyId = null, actor = null, action, subject, before, after } = entry;
  const who = actor === null ? null : auditText(actor);
  await tx.query({
    name: 'insertAuditRow',
    text: SQL,
    values: [instant(at), apiKeyId, who, auditText(action), auditText(subject), toJson(before), toJson(after)],
  });
}

const LONGEST = 500;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu;

/** Whoever exports the log as lines gets one line a row, whatever a name holds; no order of letters is turned around. */
export function auditText(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(UNPRINTABLE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`);
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
