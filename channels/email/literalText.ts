/**
 * Text that readers show as it was written. Where it holds what they would take for an encoded word (RFC 2047), it is
 * encoded itself: many decode such words in quoted names and in the middle of a subject too.
 */
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import type MimeNode from 'nodemailer/lib/mime-node';

/** Octets of one encoded word (RFC 2047 allows 75), as nodemailer writes them. */
const ENCODED_WORD_LENGTH = 52;
const LOOKS_ENCODED = '=?';

export function literalSubject(subject: string): string {
  return subject.includes(LOOKS_ENCODED) ? encodeWord(subject, 'B', ENCODED_WORD_LENGTH) : subject;
}

/** Makes a message write the names of its mailboxes so. nodemailer itself would put them in quotes. */
export function writeNamesLiterally(message: MimeNode): void {
  const encode = message.encodeHeaderValue.bind(message);
  message.encodeHeaderValue = (key, value) => {
    const name = nameIn(value);
    if (name === null || !name.includes(LOOKS_ENCODED)) return encode(key, value);
    const written = encode(key, value);
    const address = written.slice(written.lastIndexOf('<'));
    return `${encodeWord(name, 'B', ENCODED_WORD_LENGTH)} ${address}`;
  };
}

/** Of a header that is one mailbox with a name: what nodemailer writes for it ends in `<address>`. */
function nameIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('address' in value) || !('name' in value)) return null;
  return typeof value.name === 'string' && value.name !== '' ? value.name : null;
}
