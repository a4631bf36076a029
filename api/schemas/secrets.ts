import { z } from 'zod';
import { fields } from '../../domain/schema/fields.js';
import { secretValue } from '../../domain/secret/secretValue.js';
import { MOST_USERS } from '../changeSecrets.js';
import { instantText } from './paging.js';

/** What the secrets resource takes and answers. No answer has a field for a value. */
export const secretBody = fields({
  value: secretValue.meta({
    description: 'All of the header, as `Bearer …`; it is never answered',
    format: 'password',
  }),
}).meta({ id: 'SecretBody' });

export const secretAnswer = z
  .object({
    name: z.string(),
    keyId: z.string().meta({ description: 'The key of RAPPEL_SECRET_KEYS that it is encrypted with' }),
    createdAt: instantText,
    updatedAt: instantText.meta({ description: 'When its value was set last' }),
    updatedBy: z.string().meta({ description: '`key/` and the name of an API key, or `cli/` and a user' }),
  })
  .meta({ id: 'Secret' });

const listedSecret = secretAnswer
  .extend({
    usedBy: z
      .array(z.string())
      .meta({ description: `The active campaigns that name it, by key; ${MOST_USERS} at most` }),
  })
  .meta({ id: 'ListedSecret' });

export const secretPage = z
  .object({ secrets: z.array(listedSecret), next: z.string().nullable() })
  .meta({ id: 'SecretPage' });
