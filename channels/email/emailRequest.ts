// Turns rendered content into the e-mail that is stored with the claim: everything that must be equal on every
// attempt (recipient, texts, Message-ID, MIME boundary) is fixed here. Only the Date header belongs to the attempt.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { PreparedRequest } from '../channel.js';
import { invalid, prepared } from '../sendResult.js';
import { wireKey } from '../wireKey.js';
import { domainOf, type Mailbox, normaliseAddress, parseMailbox } from './emailAddress.js';

const contentSchema = z.object({
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  from: z.string().optional(),
  replyTo: z.string().optional(),
});

const mailboxSchema = z.object({ name: z.string(), address: z.string() });

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
  const from = isBlank(rawFrom) ? defaultFrom : parseMailbox(rawFrom ?? '');
  if (from === null) return invalid('from: not one valid address after rendering');
  const replyTo = isBlank(rawReplyTo) ? null : parseMailbox(rawReplyTo ?? '');
  if (replyTo === null && !isBlank(rawReplyTo)) return invalid('replyTo: not one valid address after rendering');
  const subject = singleLine(rawSubject);
  if (subject === '') return invalid('subject: empty after rendering');
  if (isBlank(html) && isBlank(text)) return invalid('html and text: both empty after rendering');

  const request = {
    from: { name: singleLine(from.name), address: from.address },
    to,
    replyTo: replyTo === null ? null : { name: singleLine(replyTo.name), address: replyTo.address },
    subject,
    html: isBlank(html) ? null : (html ?? null),
    text: isBlank(text) ? '' : (text ?? ''),
    messageId: messageIdOf(sendKey, from.address),
    boundary: createHash('sha256').update(sendKey).digest('hex').slice(0, 24),
  } satisfies EmailRequest;
  return prepared(request);
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
