import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { EMPTY_PROFILE } from '../../domain/profile/profile.js';
import { createEmailChannel } from '../email/emailChannel.js';
import { createInbox, type Inbox, type InboxOptions } from './inbox.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const fetchFrom = (url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end();
  });

describe('local inbox', () => {
  const receivedAt = Date.UTC(2026, 10, 23, 9);
  let directory: string;
  let inbox: Inbox;

  const open = async (options: Partial<InboxOptions> = {}): Promise<Inbox> => {
    const opened = createInbox({ smtpPort: 0, httpPort: 0, clock: () => Promise.resolve(receivedAt), ...options });
    await opened.start();
    return opened;
  };
  const send = async (mail: SendMailOptions, to: Inbox = inbox): Promise<void> => {
    const transport = createTransport(to.smtpUrl);
    await transport.sendMail({ from: 'shop@shop.example', to: 'ada@people.example', ...mail });
    transport.close();
  };
  const messages = async (query = '', from: Inbox = inbox) =>
    JSON.parse((await fetchFrom(`${from.url}/api/messages${query}`)).body);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'inbox-'));
    inbox = await open({ directory });
  });

  afterEach(async () => {
    await inbox.stop();
    await rm(directory, { recursive: true });
  });

  test('a mail sent by the e-mail channel can be read by a script, under its Message-ID', async () => {
    const channel = createEmailChannel({
      smtpUrl: inbox.smtpUrl,
      from: 'Shop <news@shop.example>',
      onAmbiguous: 'resend',
    });
    const prepared = channel.prepare(
      { subject: 'Ça va?', html: '<p>Hi</p>', text: 'Hi' },
      { ...EMPTY_PROFILE, email: 'ada@people.example' },
      'k-1',
    );
    if (prepared.kind === 'invalid') throw new Error(prepared.detail);
    await channel.check();
    expect(await channel.send(prepared.request, { sendKey: 'k-1', timeoutMs: 2_000, now: 0 })).toMatchObject({
      kind: 'accepted',
    });
    await channel.close();
    expect(await messages()).toEqual({
      messages: [
        {
          id: 1,
          receivedAt: '2026-11-23T09:00:00.000Z',
          to: ['ada@people.example'],
          from: '"Shop" <news@shop.example>',
          subject: 'Ça va?',
          messageId: '<k-1@shop.example>',
          text: 'Hi',
          html: '<p>Hi</p>',
        },
      ],
      next: null,
    });
  });

  test('who a mail went to is the envelope, whatever its headers claim', async () => {
    await send({
      to: 'shown@people.example',
      headers: { 'X-Inbox-To': '["forged@people.example"]' },
      envelope: { from: 'a@b.example', to: ['real@people.example', 'two@people.example'] },
      text: 'x',
    });
    expect((await messages()).messages[0].to).toEqual(['real@people.example', 'two@people.example']);
  });

  test('a restart forgets nothing, and new mails come after the old ones', async () => {
    await send({ subject: 'one', text: 'x' });
    await send({ subject: 'two', text: 'x' });
    const before = await messages();
    await inbox.stop();
    inbox = await open({ directory });
    expect(await messages()).toEqual(before);
    await send({ subject: 'three', text: 'x' });
    expect(
      (await messages()).messages.map(({ id, subject }: { id: number; subject: string }) => [id, subject]),
    ).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  });

  test('only the last mails are kept, in memory and in the folder', async () => {
    await inbox.stop();
    inbox = await open({ directory, maxMails: 3 });
    for (const subject of ['1', '2', '3', '4', '5']) await send({ subject, text: 'x' });
    expect((await messages()).messages.map(({ subject }: { subject: string }) => subject)).toEqual(['3', '4', '5']);
    expect(await readdir(directory)).toHaveLength(3);
  });

  test('the list is paged for scripts by limit and after, and wrong parameters are named', async () => {
    for (const subject of ['1', '2', '3']) await send({ subject, text: 'x' });
    const first = await messages('?limit=2');
    expect([first.messages.length, first.next]).toEqual([2, 2]);
    const second = await messages(`?limit=2&after=${first.next}`);
    expect([second.messages[0].subject, second.next]).toEqual(['3', null]);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?after=-1', '?after=x']) {
      expect([query, (await fetchFrom(`${inbox.url}/api/messages${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('the page lists mails newest first, in pages', async () => {
    const transport = createTransport({ url: inbox.smtpUrl, pool: true, maxConnections: 1 });
    const mail = { from: 'shop@shop.example', to: 'ada@people.example', text: 'x' };
    for (let index = 1; index <= 52; index += 1) await transport.sendMail({ ...mail, subject: `mail ${index}.` });
    transport.close();
    const newest = await fetchFrom(inbox.url);
    expect(newest.body.indexOf('mail 52.')).toBeLessThan(newest.body.indexOf('mail 3.'));
    expect(newest.body).not.toContain('mail 2.');
    const older = await fetchFrom(`${inbox.url}${/href="(\/\?before=\d+)"/.exec(newest.body)?.[1]}`);
    expect(older.body).toContain('mail 2.');
    expect(older.body).not.toContain('Older');
  });

  test('a hostile mail is escaped everywhere and its markup shown only in a frame that may do nothing', async () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`;
    await send({
      from: { name: evil, address: 'a@b.example' },
      subject: evil,
      html: `<p>${evil}</p></iframe>`,
      text: `${evil}</pre>`,
    });
    for (const path of ['/', '/messages/1']) {
      const { body, headers } = await fetchFrom(inbox.url + path);
      // Of the list alone, which shows texts only, one script is: its own.
      const scripts = path === '/' ? ['<script src="/inbox.js" defer></script>'] : [];
      expect(body.match(/<(?:script|img)[^]*?<\/script>|<img/gi) ?? []).toEqual(scripts);
      const policy = headers['content-security-policy'];
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).not.toMatch(/script-src[^;]*(unsafe|https?:|data:|\*)/);
      if (path !== '/') expect(policy).not.toMatch(/script-src|connect-src/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
    }
    const { body } = await fetchFrom(`${inbox.url}/messages/1`);
    expect(body.match(/<iframe[^>]*>/g)).toEqual([
      expect.stringMatching(/^<iframe sandbox title="The mail" srcdoc="[^"]*">$/),
    ]);
    expect(body.match(/<\/iframe>/g)).toHaveLength(1);
  });

  test('it only reads, and only under its own names', async () => {
    expect((await fetchFrom(inbox.url, { method: 'DELETE' })).status).toBe(405);
    expect((await fetchFrom(`${inbox.url}/messages/99`)).status).toBe(404);
    expect((await fetchFrom(`${inbox.url}/etc/passwd`)).status).toBe(404);
    expect((await fetchFrom(inbox.url, { headers: { host: 'rebinding.example' } })).status).toBe(403);
    expect((await fetchFrom(inbox.url, { headers: { host: 'localhost:8025' } })).status).toBe(200);
  });

  test('a mail that is too large is refused for good', async () => {
    await expect(send({ text: 'x'.repeat(3_000_000) })).rejects.toThrow(/552|larger than allowed/);
    expect((await messages()).messages).toEqual([]);
  });

  test('a port that is taken is said when starting, and nothing is left open', async () => {
    const port = Number(new URL(inbox.url).port);
    const second = createInbox({ smtpPort: 0, httpPort: port });
    await expect(second.start()).rejects.toThrow(/EADDRINUSE/);
    expect(() => second.url).toThrow(/not started/);
  });

  test('without a folder it keeps mails in memory', async () => {
    const memory = await open();
    await send({ subject: 'x', text: 'x' }, memory);
    expect((await messages('', memory)).messages).toHaveLength(1);
    await memory.stop();
  });
});
