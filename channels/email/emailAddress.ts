// Decides what an e-mail address is for us: exactly one mailbox, no group, no list, nothing that could end a header
// or an SMTP command. Whether somebody reads it is for the mail server to say.

import { domainToASCII } from 'node:url';
import parseAddresses from 'nodemailer/lib/addressparser';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const LOCAL_PART = /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}$/u;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const CONTROL = /\p{Cc}/u;

/** The bare address (`a@b.example`) in the form used in an envelope, its domain in ASCII; null when it is none. */
export function normaliseAddress(text: string): string | null {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1) return null;
  const local = trimmed.slice(0, at);
  if (!LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null;
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  return DOMAIN.test(domain) ? `${local}@${domain}` : null;
}

/** One mailbox with or without a display name (`Ada <ada@b.example>`); null for none, several, or a group. */
export function parseMailbox(text: string): Mailbox | null {
  if (CONTROL.test(text) || text.length > 512) return null;
  const parsed = parseAddresses(text);
  const only = parsed[0];
  if (parsed.length !== 1 || only === undefined || !only.address) return null;
  const address = normaliseAddress(only.address);
  return address === null ? null : { name: only.name ?? '', address };
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
