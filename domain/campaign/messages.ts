// The un-rendered content of each channel, as operators write it. Texts may hold Liquid; what they render to is the
// channel's concern.
import { z } from 'zod';
import { fields, text, withAllowed } from '../schema/fields.js';
import { secretReference } from '../secret/secretReference.js';

const WEBHOOK_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;
const MAX_HEADERS = 50;
/** Characters of one text of a message; the templates take no longer one either. */
export const MAX_TEXT_LENGTH = 200_000;

const emailShape = {
  subject: text(1_000),
  html: text(MAX_TEXT_LENGTH).optional(),
  text: text(MAX_TEXT_LENGTH).optional(),
  from: text(320).optional(),
  replyTo: text(320).optional(),
};

const webhookShape = {
  url: text(2_000).regex(/^\s*(?:https?:\/\/\S|\{[{%])/i, {
    error: () => withAllowed('is not a web address', 'http://… or https://…, or Liquid that renders to one'),
  }),
  method: z.enum(WEBHOOK_METHODS).default('POST'),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, {
        error: () => withAllowed('is not a header name', 'letters, digits and hyphens'),
      }),
      // A text, or the name of a secret that holds the whole value.
      z.union([z.string().max(8_000), secretReference]),
    )
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, {
      error: () => withAllowed('has too many headers', `at most ${MAX_HEADERS}`),
    })
    .optional(),
  /** A text, or an object sent as JSON. */
  body: z.union([z.string().max(MAX_TEXT_LENGTH), z.record(z.string(), z.json())]).optional(),
  /** The receiver promises to act once per `webhook-id`: only then may a request be repeated without fear. */
  honoursWebhookId: z.boolean().default(false),
};

function withBody<S extends z.ZodType<{ html?: string | undefined; text?: string | undefined }>>(schema: S): S {
  return schema.refine((email) => email.html !== undefined || email.text !== undefined, {
    error: () => withAllowed('is an empty message', 'html, text or both'),
  });
}

const emailContent = withBody(fields(emailShape));
const webhookContent = fields(webhookShape);

type EmailContent = z.output<typeof emailContent>;
type WebhookContent = z.output<typeof webhookContent>;

/** `messages: { email: {…}, webhook: {…} }`, the canonical form. */
export const messagesByChannel = fields({ email: emailContent.optional(), webhook: webhookContent.optional() });

/** `{ channel: email, subject: … }`, as an entry of a list. */
export const messageEntry = z.discriminatedUnion(
  'channel',
  [
    withBody(fields({ channel: z.literal('email'), ...emailShape })),
    fields({ channel: z.literal('webhook'), ...webhookShape }),
  ],
  {
    error: (issue) => (issue.code === 'invalid_union' ? withAllowed('is not a channel', 'email, webhook') : undefined),
  },
);

export type MessageEntry = z.output<typeof messageEntry>;

export interface Messages {
  readonly email?: EmailContent | undefined;
  readonly webhook?: WebhookContent | undefined;
}
