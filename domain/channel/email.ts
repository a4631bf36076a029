import { z } from 'zod';
import { fields, text, withAllowed } from '../schema/fields.js';
import { type ChannelRules, MAX_TEXT_LENGTH } from './channelRules.js';

const shape = {
  subject: text(1_000),
  html: text(MAX_TEXT_LENGTH).optional(),
  text: text(MAX_TEXT_LENGTH).optional(),
  from: text(320).optional(),
  replyTo: text(320).optional(),
};

function withBody<S extends z.ZodType<{ html?: string | undefined; text?: string | undefined }>>(schema: S): S {
  return schema.refine((email) => email.html !== undefined || email.text !== undefined, {
    error: () => withAllowed('is an empty message', 'html, text or both'),
  });
}

export const email = {
  content: withBody(fields(shape)),
  entry: withBody(fields({ channel: z.literal('email'), ...shape })),

  reach: { address: 'email', subscription: 'email_subscribe' },

  titleOf: ({ subject }) => (typeof subject === 'string' ? subject : null),

  secretsIn: () => [],
} satisfies ChannelRules;
