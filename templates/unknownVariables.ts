// Which variables of a template nothing provides: they would be empty for everybody, without a word. An attribute may have
// any name, so a name of its own is doubted only where it is nearly one that there is.

import type { JsonObject } from '../domain/json.js';
import { STANDARD_ATTRIBUTES } from '../domain/profile/attributes/applyAttributes.js';
import { isJsonObject } from '../domain/profile/attributes/attributeChange.js';
import { EMPTY_PROFILE, profileValue } from '../domain/profile/profile.js';
import { nearestName } from '../domain/schema/nearestName.js';
import type { TemplateRead } from './liquidEngine.cjs';
import { scopeVariables } from './templateScope.js';
import type { Doubt } from './templates.js';

/** Two letters: more would make mistakes of attributes that somebody has. */
const MISSPELT_BY = 2;
const SCOPE = scopeVariables({ profile: EMPTY_PROFILE, eventProperties: {}, campaign: { id: 0, name: '' } });
const ANY = 'any';
/** Which hold what each person or event brings, under any name. */
const OPEN = new Set(['event_properties', 'custom_attribute']);
const PERSON = [...Object.keys({ ...membersOf('_profile') }), ...STANDARD_ATTRIBUTES];
const PLAIN = [...Object.keys(SCOPE).filter((name) => name !== '_profile'), ...STANDARD_ATTRIBUTES];

/** One for each text and name. */
export function doubtsOf(reads: readonly TemplateRead[]): readonly Doubt[] {
  const found = new Map<string, Doubt>();
  for (const { path, names } of reads) {
    const doubt = doubtOf(names);
    if (doubt !== null) found.set(`${path} ${doubt.message}`, { path, ...doubt });
  }
  return [...found.values()];
}

function doubtOf([root = '', member]: readonly string[]): Omit<Doubt, 'path'> | null {
  if (root === '_profile') return member === undefined ? null : misspelt(member, PERSON, (name) => `\${${name}}`);
  if (root === 'custom_attribute' && member !== undefined) return notAnAttribute(member);
  if (OPEN.has(root)) return null;
  const held = membersOf(root);
  if (held === null) return misspelt(root, PLAIN, (name) => name);
  if (member === undefined || member in held) return null;
  const allowed = Object.keys(held).map((name) => `${root}.\${${name}}`);
  return { message: `reads ${root}.${member}, which nothing provides`, allowed: allowed.join(' or ') };
}

function membersOf(root: string): JsonObject | null {
  const held = SCOPE[root];
  return held !== undefined && isJsonObject(held) ? held : null;
}

/** A standard field that lies beside the attributes, not among them. */
function notAnAttribute(member: string): Omit<Doubt, 'path'> | null {
  const isAttribute = profileValue({ ...EMPTY_PROFILE, attributes: { [member]: ANY } }, member) === ANY;
  if (isAttribute) return null;
  return { message: `reads custom_attribute.${member}, which nothing provides`, allowed: `\${${member}}` };
}

function misspelt(
  name: string,
  known: readonly string[],
  written: (name: string) => string,
): Omit<Doubt, 'path'> | null {
  if (known.includes(name)) return null;
  const near = nearestName(name, known, MISSPELT_BY);
  if (near === null) return null;
  const message = `reads ${written(name)}, which is empty unless people have an attribute of that name`;
  return { message, allowed: `${written(near)}, if that is meant` };
}
