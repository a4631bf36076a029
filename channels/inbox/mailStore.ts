// Keeps the last mails the local inbox caught, bounded in number and size; with a folder also over restarts, one file a
// mail. A mail is on disk before it is acknowledged, so that what a sender was told is true.

import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { z } from 'zod';

export interface CaughtMail {
  readonly id: number;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Who the mail was handed over for: the envelope, not the header. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string | null;
  readonly html: string | null;
}

export interface IncomingMail {
  readonly raw: Buffer;
  readonly to: readonly string[];
  readonly receivedAt: number;
}

export interface MailStore {
  add(mail: IncomingMail): Promise<CaughtMail>;
  /** Oldest first, those with a greater id than `after`. */
  listAfter(after: number, limit: number): readonly CaughtMail[];
  /** Newest first, those with a smaller id than `before`. */
  listBefore(before: number, limit: number): readonly CaughtMail[];
  find(id: number): CaughtMail | null;
  readonly size: number;
}

export interface MailStoreOptions {
  readonly directory: string | null;
  readonly maxMails: number;
  readonly maxTotalBytes: number;
}

/** First line of every stored mail: the envelope's recipients as JSON. Only the first line counts, so no mail can forge it. */
const ENVELOPE_HEADER = 'X-Inbox-To: ';

/** `<id>-<receivedAt>.eml`, the id padded so that names sort as numbers. */
const FILE_NAME = /^(\d{9})-(\d{1,15})\.eml$/;

export async function openMailStore({ directory, maxMails, maxTotalBytes }: MailStoreOptions): Promise<MailStore> {
  const mails: { readonly mail: CaughtMail; readonly bytes: number; readonly file: string | null }[] = [];
  let totalBytes = 0;
  let nextId = 1;

  const keep = async (mail: CaughtMail, bytes: number, file: string | null): Promise<void> => {
    mails.push({ mail, bytes, file });
    mails.sort((a, b) => a.mail.id - b.mail.id);
    totalBytes += bytes;
    while (mails.length > 1 && (mails.length > maxMails || totalBytes > maxTotalBytes)) {
      const oldest = mails.shift();
      if (oldest === undefined) return;
      totalBytes -= oldest.bytes;
      if (oldest.file !== null) await unlink(oldest.file).catch(ignoreMissing);
    }
  };

  if (directory !== null) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of (await readdir(directory)).sort()) {
      const [, id, receivedAt] = FILE_NAME.exec(name) ?? [];
      if (id === undefined || receivedAt === undefined) continue;
      const file = join(directory, name);
      const raw = await readFile(file);
      await keep(await parseMail(raw, Number(id), Number(receivedAt)), raw.length, file);
      nextId = Number(id) + 1;
    }
  }

  const add = async ({ raw, to, receivedAt }: IncomingMail): Promise<CaughtMail> => {
    const id = nextId;
    nextId += 1;
    const stored = Buffer.concat([Buffer.from(`${ENVELOPE_HEADER}${JSON.stringify(to)}\r\n`), raw]);
    const mail = await parseMail(stored, id, receivedAt);
    let file: string | null = null;
    if (directory !== null) {
      file = join(directory, `${String(id).padStart(9, '0')}-${receivedAt}.eml`);
      await writeFile(`${file}.part`, stored, { mode: 0o600 });
      await rename(`${file}.part`, file);
    }
    await keep(mail, stored.length, file);
    return mail;
  };

  // One after the other, so that a reader who goes on after an id never misses a smaller one.
  let adding: Promise<unknown> = Promise.resolve();

  return {
    add(mail) {
      const added = adding.then(() => add(mail));
      adding = added.catch(() => undefined);
      return added;
    },
    listAfter: (after, limit) =>
      mails
        .filter(({ mail }) => mail.id > after)
        .slice(0, limit)
        .map(({ mail }) => mail),
    listBefore: (before, limit) =>
      mails
        .filter(({ mail }) => mail.id < before)
        .slice(-limit)
        .reverse()
        .map(({ mail }) => mail),
    find: (id) => mails.find(({ mail }) => mail.id === id)?.mail ?? null,
    get size() {
      return mails.length;
    },
  };
}

const recipientsSchema = z.array(z.string());

async function parseMail(raw: Buffer, id: number, receivedAt: number): Promise<CaughtMail> {
  const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true });
  const envelope = raw.subarray(ENVELOPE_HEADER.length, raw.indexOf('\r\n')).toString('utf8');
  return {
    id,
    receivedAt,
    to: recipientsSchema.parse(JSON.parse(envelope)),
    from: parsed.from?.text ?? '',
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    text: parsed.text ?? null,
    html: parsed.html === false || parsed.html === undefined ? null : parsed.html,
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
