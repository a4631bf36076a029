// What can be told of an e-mail before anything is rendered.
import type { ContentFindings } from '../../domain/campaign/checks/contentFindings.js';
import type { Problem } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { isLiteral } from '../liquidParts.js';
import { parseMailbox } from './emailAddress.js';
import { mailboxParts } from './mailboxParts.js';

export function emailFindings(content: JsonObject): ContentFindings {
  return { problems: ['from', 'replyTo'].flatMap((field) => mailboxProblems(content, field)), warnings: [] };
}

function mailboxProblems(content: JsonObject, field: string): readonly Problem[] {
  const text = content[field];
  if (typeof text !== 'string' || text.trim() === '') return [];
  if (!isLiteral(text)) return mailboxParts(text) === null ? [notOne(field)] : [];
  if (parseMailbox(text) !== null) return [];
  return [
    { path: field, message: 'is not one e-mail address', allowed: 'Shop <hello@shop.example>, or the address alone' },
  ];
}

/** M4: what is name and what is address is told from the text as it is written. */
function notOne(field: string): Problem {
  return {
    path: field,
    message: 'is not one address with at most one name before it',
    allowed: 'Name <address>, in both of which Liquid may stand',
  };
}
