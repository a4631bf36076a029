// Turns rendered content into the e-mail that is stored with the claim: everything that must be equal on every
// attempt (recipient, texts, Message-ID, MIME boundary) is fixed here. Only the Date header belongs to the attempt.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { PreparedRequest } from '../channel.js';
import { holdsLiquid } from '../liquidParts.js';
import { invalid, prepared } from '../sendResult.js';
import { wireKey } from '../wireKey.js';
import { domainOf, type Mailbox, normaliseAddress, parseMailbox } from './emailAddress.js';
import { mailboxParts } from './mailboxParts.js';

const mailboxSchema = z.object({ name: z.string(), address: z.string() });
/** A text holds no values of people; what does was taken apart by `structureOf`. */
const sender = z.union([z.string(), mailboxSchema]);

const contentSchema = z.object({
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  from: sender.optional(),
  replyTo: sender.optional(),
});

/** The stored form of an e-mail. Stored requests outlive a release: add optional fields only. */
export const emailRequestSchema = z.object({
  from: mailboxSchema,
  to: z.string(),
  replyTo: mailboxSchema.nullable(),
  subject: z.string(),
  html: z.string().nullable(),
  text: z.string(),
  messageId: z.string(),
  boundary: z.string(),
});
export type EmailRequest = z.infer<typeof emailRequestSchema>;

/** Of a name beside an address: more is no name, and must not make a header of megabytes. */
const LONGEST_NAME = 300;

export interface EmailParts {
  readonly content: JsonObject;
  readonly profile: Profile;
  readonly sendKey: string;
  /** The sender where the content names none. */
  readonly from: Mailbox;
}

export function prepareEmail({ content, profile, sendKey, from: defaultFrom }: EmailParts): PreparedRequest {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return invalid(`not an e-mail: ${z.prettifyError(parsed.error)}`);
  const { subject: rawSubject, html, text, from: rawFrom, replyTo: rawReplyTo } = parsed.data;

  if (!profile.email) return invalid('the person has no e-mail address');
  const to = normaliseAddress(profile.email);
  if (to === null) return invalid("the person's e-mail address is not a valid address");
  const from = mailboxOf(rawFrom, defaultFrom);
  if (from === null) return invalid('from: not one valid address after rendering');
  const noReply = { name: '', address: '' };
  const replyTo = mailboxOf(rawReplyTo, noReply);
  if (replyTo === null) return invalid('replyTo: not one valid address after rendering');
  const subject = singleLine(rawSubject);
  if (subject === '') return invalid('subject: empty after rendering');
  if (isBlank(html) && isBlank(text)) return invalid('html and text: both empty after rendering');

  const request = {
    from: { name: singleLine(from.name), address: from.address },
    to,
    replyTo: replyTo === noReply ? null : { name: singleLine(replyTo.name), address: replyTo.address },
    subject,
    html: isBlank(html) ? null : (html ?? null),
    text: isBlank(text) ? '' : (text ?? ''),
    messageId: messageIdOf(sendKey, from.address),
    boundary: createHash('sha256').update(sendKey).digest('hex').slice(0, 24),
  } satisfies EmailRequest;
  return prepared(request);
}

/** The content with sender and reply address in parts, where a value is put into them (M4). */
export function structureOf(content: JsonObject): JsonObject {
  const taken = ['from', 'replyTo'].flatMap((field): readonly [string, JsonObject][] => {
    const text = content[field];
    if (typeof text !== 'string' || !holdsLiquid(text)) return [];
    // Two addresses in one text cannot be told apart: as a whole it is no address.
    const { name, address } = mailboxParts(text) ?? { name: '', address: text };
    return [[field, { name, address }]];
  });
  return taken.length === 0 ? content : { ...content, ...Object.fromEntries(taken) };
}

/** `none` where nothing is written or rendered; null where it is not one address. */
function mailboxOf(written: z.output<typeof sender> | undefined, none: Mailbox): Mailbox | null {
  if (written === undefined) return none;
  if (typeof written === 'string') return isBlank(written) ? none : parseMailbox(written);
  if (isBlank(written.address)) return none;
  const address = normaliseAddress(written.address);
  return address === null ? null : { name: written.name.slice(0, LONGEST_NAME), address };
}

export function messageIdOf(sendKey: string, fromAddress: string): string {
  return `<${wireKey(sendKey)}@${domainOf(fromAddress)}>`;
}

/** No value can begin another header: control characters, line breaks included, become one space. */
function singleLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
