import { simpleParser } from 'mailparser';
import { EMPTY_PROFILE } from '../../domain/profile/profile.js';
import type { Channel, SendResult } from '../channel.js';
import { CONFORMANCE_TIMEOUT_MS, channelConformance, conformanceProfile } from '../conformance.js';
import { createEmailChannel } from './emailChannel.js';
import { messageIdOf } from './emailRequest.js';
import { type ScriptedSmtp, startScriptedSmtp } from './scriptedSmtp.js';

const FROM = 'Rappel Shop <news@shop.example>';
const CONTENT = {
  subject: 'Still thinking it over?',
  html: '<p>Your <b>cart</b> waits: <a href="https://shop.example/c">open</a></p>',
  // As the render thread gives it.
  text: 'Your cart waits: open [https://shop.example/c]',
};

const channelFor = (smtpUrl: string): Channel =>
  createEmailChannel({ smtpUrl, from: FROM, onAmbiguous: 'resend', timeoutMs: CONFORMANCE_TIMEOUT_MS });

channelConformance('email', async () => {
  const provider = await startScriptedSmtp();
  return { channel: channelFor(provider.smtpUrl), provider, content: CONTENT };
});

describe('email channel', () => {
  let server: ScriptedSmtp;
  let channel: Channel;

  // One server for all: smtp-server greets each new connection 100 ms late.
  beforeAll(async () => {
    server = await startScriptedSmtp();
    channel = channelFor(server.smtpUrl);
  });
  beforeEach(() => server.reset());

  afterAll(async () => {
    await channel.close();
    await server.stop();
  });

  const deliver = async (
    content: Record<string, string>,
    email = 'ada@people.example',
    via = channel,
  ): Promise<SendResult> => {
    const prepared = via.prepare(content, { ...EMPTY_PROFILE, email }, 'key-1');
    if (prepared.kind === 'invalid') throw new Error(prepared.detail);
    return via.send(prepared.request, { sendKey: 'key-1', timeoutMs: 2_000, now: Date.UTC(2026, 10, 23, 9) });
  };

  test('a mail carries sender, recipient, subject, both texts, the stable Message-ID and the date of the attempt', async () => {
    expect(await deliver({ ...CONTENT, replyTo: 'help@shop.example' })).toEqual({
      kind: 'accepted',
      reference: '250 queued',
    });
    const mail = await simpleParser(server.lastRaw());
    expect(mail.from?.text).toBe('"Rappel Shop" <news@shop.example>');
    expect([mail.to].flat()[0]?.text).toBe('ada@people.example');
    expect(mail.replyTo?.text).toBe('help@shop.example');
    expect(mail.subject).toBe(CONTENT.subject);
    expect(mail.html).toBe(CONTENT.html);
    expect(mail.text?.trim()).toBe('Your cart waits: open [https://shop.example/c]');
    expect(mail.messageId).toBe('<key-1@shop.example>');
    expect(mail.date?.toISOString()).toBe('2026-11-23T09:00:00.000Z');
  });

  test.each([
    '=?UTF-8?B?4pyT?= you won',
    'a =?UTF-8?Q?=E2=9C=93?= b and a text that is long enough to be folded over several lines of the header, é',
  ])('B22: the subject %j arrives as that text, not decoded', async (subject) => {
    await deliver({ ...CONTENT, subject });
    expect((await simpleParser(server.lastRaw())).subject).toBe(subject);
  });

  test.each([
    '=?UTF-8?B?4pyT?=',
    'A "quoted" =?utf-8?q?x?= \\ name, that is longer than one line of the header may be',
  ])('B22: the name %j of a sender or reply address arrives as that text', async (name) => {
    const quoted = `"${name.replace(/["\\]/g, '\\$&')}"`;
    await deliver({ ...CONTENT, from: `${quoted} <news@shop.example>`, replyTo: `${quoted} <a@shop.example>` });
    const mail = await simpleParser(server.lastRaw());
    expect(mail.from?.value).toEqual([{ name, address: 'news@shop.example' }]);
    expect(mail.replyTo?.value).toEqual([{ name, address: 'a@shop.example' }]);
    // Not in quotes either, where many readers decode it all the same.
    expect(server.lastRaw().toString()).not.toContain(name);
  });

  test('B18: an address with letters beyond ASCII is sent with SMTPUTF8, or not at all to a server without it', async () => {
    expect(await deliver(CONTENT, 'josé@people.example')).toMatchObject({ kind: 'accepted' });
    const old = await startScriptedSmtp({ hideSMTPUTF8: true, disabledCommands: ['STARTTLS', 'AUTH'] });
    const toOld = channelFor(old.smtpUrl);
    try {
      expect(await deliver(CONTENT, 'josé@people.example', toOld)).toMatchObject({
        kind: 'rejected',
        code: 'smtputf8_unsupported',
      });
      const replyTo = 'Help <hé@shop.example>';
      expect(await deliver({ ...CONTENT, replyTo }, 'jose@people.example', toOld)).toMatchObject({
        code: 'smtputf8_unsupported',
      });
      expect(old.received).toHaveLength(0);
      expect(await deliver(CONTENT, 'jose@bücher.example', toOld)).toMatchObject({ kind: 'accepted' });
    } finally {
      await toOld.close();
      await old.stop();
    }
    expect(await deliver(CONTENT, 'josé@people.example', channelFor(old.smtpUrl))).toMatchObject({ kind: 'refused' });
  });

  test('B18: asking a server whether it takes such an address is within the time of the attempt', async () => {
    const silent = await startScriptedSmtp({ onConnect: () => undefined });
    const toSilent = channelFor(silent.smtpUrl);
    try {
      const prepared = toSilent.prepare(CONTENT, { ...EMPTY_PROFILE, email: 'josé@people.example' }, 'k');
      if (prepared.kind === 'invalid') throw new Error(prepared.detail);
      const startedAt = performance.now();
      const result = await toSilent.send(prepared.request, { sendKey: 'k', timeoutMs: 300, now: 0 });
      expect(result).toMatchObject({ kind: 'refused', code: 'timeout' });
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    } finally {
      await toSilent.close();
      await silent.stop();
    }
  });

  test('a given text is sent as it is, and a mail may have no html at all', async () => {
    await deliver({ subject: 'Hi', text: 'Just text — ça va?' });
    const mail = await simpleParser(server.lastRaw());
    expect(mail.text).toBe('Just text — ça va?\n');
    expect(mail.html).toBe(false);
  });

  test.each([
    ['subject', { ...CONTENT, subject: 'Hello\r\nBcc: victim@people.example\r\n\r\nbody' }],
    ['sender name', { ...CONTENT, from: '"Shop\u2028Bcc: victim@people.example" <news@shop.example>' }],
    ['reply address name', { ...CONTENT, replyTo: '"x\u2029Bcc: victim@people.example" <help@shop.example>' }],
  ])('a line break in the %s cannot begin another header', async (_field, content) => {
    await deliver(content);
    const mail = await simpleParser(server.lastRaw());
    expect(mail.bcc).toBeUndefined();
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.html).toBe(CONTENT.html);
  });

  test.each([
    'a@b.example, c@d.example',
    'Ada <a@b.example>',
    'a@b.example\r\nRCPT TO:<c@d.example>',
    'a b@c.example',
    '@c.example',
    'a@',
    'a..b@c.example',
    'a@-c.example',
    'a@[127.0.0.1]',
    'friends: a@b.example;',
    `${'x'.repeat(65)}@b.example`,
  ])('a recipient that is not exactly one address is refused before anything is sent: %j', (email) => {
    expect(channel.prepare(CONTENT, { ...EMPTY_PROFILE, email }, 'k')).toMatchObject({ kind: 'invalid' });
  });

  test.each([
    [{ html: 'x' }, /subject/],
    [{ subject: ' \n ', html: 'x' }, /subject: empty/],
    [{ subject: 'x', html: ' ', text: '' }, /both empty/],
    [{ subject: 'x', html: 'x', from: 'a@b.example, c@d.example' }, /from/],
    [{ subject: 'x', html: 'x', replyTo: 'nobody' }, /replyTo/],
  ])('content %j is invalid after rendering, saying which field', (content, message) => {
    expect(channel.prepare(content, conformanceProfile, 'k')).toEqual({
      kind: 'invalid',
      detail: expect.stringMatching(message),
    });
  });

  test('a person without an address cannot be prepared for', () => {
    expect(channel.prepare(CONTENT, EMPTY_PROFILE, 'k')).toMatchObject({
      kind: 'invalid',
      detail: expect.stringContaining('no e-mail'),
    });
  });

  test('two send keys never share a Message-ID, whatever characters they hold', () => {
    const ids = ['a/b', 'a=2f=b', 'a b', 'a..b', 'a.b', '.ab', 'ab.', 'é'].map((key) =>
      messageIdOf(key, 'n@s.example'),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^<(?!\.)[A-Za-z0-9_+.=-]+(?<!\.)@s\.example>$/);
  });

  test.each([
    ['MAIL', 451, 'refused', 'smtp_451'],
    ['MAIL', 550, 'rejected', 'smtp_550'],
    ['MAIL', 530, 'misconfigured', 'authentication_required'],
    ['RCPT', 450, 'refused', 'smtp_450'],
    ['RCPT', 550, 'rejected', 'smtp_550'],
    ['DATA', 421, 'refused', 'smtp_421'],
    ['DATA', 452, 'refused', 'smtp_452'],
    ['DATA', 552, 'rejected', 'smtp_552'],
    ['DATA', 503, 'refused', 'smtp_503'],
  ] as const)('the reply to %s of %i is %s as %s', async (command, code, kind, resultCode) => {
    server.reply(command, code);
    expect(await deliver(CONTENT)).toMatchObject({ kind, code: resultCode });
  });

  test('many messages share the pooled connections', async () => {
    const before = server.connectionsOpened();
    for (let index = 0; index < 10; index += 1) await deliver(CONTENT);
    expect(server.connectionsOpened() - before).toBeLessThanOrEqual(1);
    expect(server.received).toHaveLength(10);
  });

  test('a pooled connection the server dropped while idle costs neither the message nor a second copy', async () => {
    await deliver(CONTENT);
    server.dropConnections();
    expect(await deliver(CONTENT)).toMatchObject({ kind: 'accepted' });
    expect(server.received).toHaveLength(2);
  });

  test('wrong credentials, an unknown server name and broken TLS are our own misconfiguration, and the check says so', async () => {
    const authenticating = await startScriptedSmtp({
      disabledCommands: ['STARTTLS'],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('wrong password')),
    });
    const withPassword = channelFor(authenticating.smtpUrl.replace('//', '//user:secret@'));
    const unknownHost = channelFor('smtp://mail.invalid:25');
    const plainOnly = channelFor(`${server.smtpUrl}/?requireTLS=true`);
    try {
      expect(await deliver(CONTENT, undefined, withPassword)).toMatchObject({
        kind: 'misconfigured',
        code: 'authentication_failed',
      });
      expect(await deliver(CONTENT, undefined, unknownHost)).toMatchObject({
        kind: 'misconfigured',
        code: 'host_unknown',
      });
      expect(await deliver(CONTENT, undefined, plainOnly)).toMatchObject({ kind: 'misconfigured', code: 'tls_failed' });
      await expect(withPassword.check()).rejects.toThrow(/Invalid login/);
      await expect(channel.check()).resolves.toBeUndefined();
    } finally {
      await Promise.all([withPassword.close(), unknownHost.close(), plainOnly.close(), authenticating.stop()]);
    }
  });

  test('a server that never greets is a sure refusal within the attempt', async () => {
    const silent = await startScriptedSmtp({ onConnect: () => undefined });
    const toSilent = channelFor(silent.smtpUrl);
    const prepared = toSilent.prepare(CONTENT, conformanceProfile, 'k');
    if (prepared.kind === 'invalid') throw new Error(prepared.detail);
    try {
      const result = await toSilent.send(prepared.request, { sendKey: 'k', timeoutMs: 300, now: 0 });
      expect(result).toMatchObject({ kind: 'refused', code: 'timeout' });
    } finally {
      await toSilent.close();
      await silent.stop();
    }
  });

  test('a sender that is no address is refused when the channel is made', () => {
    expect(() => createEmailChannel({ smtpUrl: server.smtpUrl, from: 'nobody', onAmbiguous: 'resend' })).toThrow(
      /not one e-mail address/,
    );
  });
});
