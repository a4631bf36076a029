// Takes a sender or reply address apart before any value is put in: a person called `<ceo@bank.example>` must not become
// the sender. Name and address are then rendered each alone.

const MASK = '\u0001';

import { replaceLiquid } from '../liquidParts.js';

export interface MailboxTemplate {
  readonly name: string;
  readonly address: string;
}

/** `Shop of {{ ${city} }} <hello@shop.example>`, or an address alone; null when it is more than one, or has text behind it. */
export function mailboxParts(template: string): MailboxTemplate | null {
  // A `<` within Liquid compares.
  const outside = replaceLiquid(template, (found) => MASK.repeat(found.length));
  const open = outside.indexOf('<');
  if (open < 0) return outside.includes('>') ? null : { name: '', address: template.trim() };
  const close = outside.indexOf('>');
  const isOne = close > open && outside.lastIndexOf('<') === open && outside.lastIndexOf('>') === close;
  if (!isOne || outside.slice(close + 1).trim() !== '') return null;
  return { name: unquoted(template.slice(0, open).trim()), address: template.slice(open + 1, close).trim() };
}

/** `"Shop, {{ ${city} }}"` without its quotes: the name is quoted when it is sent. */
function unquoted(name: string): string {
  return /^"[^"]*"$/.test(replaceLiquid(name, () => '')) ? name.slice(1, -1) : name;
}
