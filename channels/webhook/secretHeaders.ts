// The headers of a stored request as they are sent: references to secrets replaced by their values. Only `send` has those.
import type { SecretReference } from '../../domain/secret/secretReference.js';
import type { SecretValues } from '../secretValues.js';

export type StoredHeaders = Readonly<Record<string, string | SecretReference>>;

export type ResolvedHeaders =
  | {
      readonly kind: 'resolved';
      readonly headers: Readonly<Record<string, string>>;
      /** Those of the headers that are secret. */
      readonly secrets: readonly string[];
    }
  | { readonly kind: 'lacking'; readonly why: string };

/** Costs no statement where no header names a secret. Rejects when the database does not answer. */
export async function resolveHeaders(stored: StoredHeaders, values: SecretValues): Promise<ResolvedHeaders> {
  const names = Object.values(stored).flatMap((value) => (typeof value === 'string' ? [] : [value.secret]));
  const found = names.length === 0 ? null : await values.find(names);
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [header, value] of Object.entries(stored)) {
    if (typeof value === 'string') {
      headers[header] = value;
      continue;
    }
    const secret = found?.get(value.secret) ?? { kind: 'lacking', why: `secret '${value.secret}' was not looked for` };
    if (secret.kind === 'lacking') return secret;
    headers[header] = secret.value;
    secrets.push(secret.value);
  }
  return { kind: 'resolved', headers, secrets };
}
