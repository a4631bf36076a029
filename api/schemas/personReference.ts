import { z } from 'zod';
import { RappelError } from '../../domain/errors.js';
import type { PersonReference } from '../../storage/queries/people/findPeople.js';
import { idText } from './paging.js';

/**
 * How a request names one person. External id, internal id and alias may stand in a URL; e-mail addresses and phone
 * numbers only in a body, as URLs end up in logs and histories of browsers.
 */
const MAX_NAME = 987;
const text = (what: string) => z.string().min(1).max(MAX_NAME).meta({ description: what });

export const internalId = idText("must be the 'id' of a person, a whole number").meta({
  description: "Rappel's own id of the person, as answers show it and workflow ids carry it",
});

/** Of `GET` requests: exactly one of `user`, `user_id`, and the two of an alias together. */
export const personQuery = {
  user: text('External id of the person').optional(),
  user_id: internalId.optional(),
  alias_label: text('Label of an alias of the person; with `alias_name`').optional(),
  alias_name: text('Name of that alias').optional(),
};

/** Of bodies: exactly one of the five. */
export const personFields = {
  external_id: text('External id').optional(),
  id: internalId.optional(),
  user_alias: z.strictObject({ alias_label: text('Its label'), alias_name: text('Its name') }).optional(),
  email: text('E-mail address, compared without regard to letter case').optional(),
  phone: text('Phone number').optional(),
};

type PersonQuery = z.output<z.ZodObject<typeof personQuery>>;
type PersonFields = z.output<z.ZodObject<typeof personFields>>;

export function referenceOfQuery({ user, user_id, alias_label, alias_name }: PersonQuery): PersonReference {
  const hasAlias = alias_label !== undefined && alias_name !== undefined;
  const fields = {
    external_id: user,
    id: user_id,
    user_alias: hasAlias ? { alias_label, alias_name } : undefined,
  };
  const isHalf = (alias_label === undefined) !== (alias_name === undefined);
  return onlyOne(isHalf ? {} : fields, "'user', 'user_id', or 'alias_label' with 'alias_name'");
}

export function referenceOfBody(fields: PersonFields): PersonReference {
  return onlyOne(fields, "'external_id', 'id', 'user_alias', 'email' or 'phone'");
}

function onlyOne(fields: PersonFields, allowed: string): PersonReference {
  const references: PersonReference[] = [];
  const { external_id, id, user_alias, email, phone } = fields;
  if (external_id !== undefined) references.push({ kind: 'externalId', value: external_id });
  if (id !== undefined) references.push({ kind: 'id', value: Number(id) });
  if (user_alias !== undefined)
    references.push({ kind: 'alias', label: user_alias.alias_label, name: user_alias.alias_name });
  if (email !== undefined) references.push({ kind: 'email', value: email });
  if (phone !== undefined) references.push({ kind: 'phone', value: phone });
  const [reference] = references;
  if (reference === undefined || references.length > 1) {
    throw new RappelError('invalid_request', `Name the person by exactly one of ${allowed}.`);
  }
  return reference;
}
