import { z } from 'zod';
import { isJsonObject } from '../profile/attributes/attributeChange.js';
import { fields, text, withAllowed } from '../schema/fields.js';
import { secretReference } from '../secret/secretReference.js';
import { type ChannelRules, MAX_TEXT_LENGTH } from './channelRules.js';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;
const MAX_HEADERS = 50;

const shape = {
  url: text(2_000).regex(/^\s*(?:https?:\/\/\S|\{[{%])/i, {
    error: () => withAllowed('is not a web address', 'http://… or https://…, or Liquid that renders to one'),
  }),
  method: z.enum(METHODS).default('POST'),
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

export const webhook = {
  content: fields(shape),
  entry: fields({ channel: z.literal('webhook'), ...shape }),

  reach: null,

  titleOf: () => null,

  secretsIn({ headers }) {
    if (headers === undefined || !isJsonObject(headers)) return [];
    return Object.entries(headers).flatMap(([header, value]) => {
      const read = secretReference.safeParse(value);
      return read.success ? [{ path: `headers.${header}`, name: read.data.secret }] : [];
    });
  },
} satisfies ChannelRules;
