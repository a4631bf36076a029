import { createEmailChannel } from './emailChannel.js';
import { withRequiredTls } from './requireTls.js';
import { startScriptedSmtp } from './scriptedSmtp.js';

describe('L3: a mail server with credentials is told them over TLS only', () => {
  test.each([
    ['smtp://ann:pass@mail.example:587', 'auto', true],
    ['smtp://ann@mail.example', 'auto', true],
    ['smtp://ann:pass@mail.example?ignoreTLS=true', 'auto', true],
    ['smtp://ann:p%40ss@127.0.0.1.mail.example:25', 'auto', true],
    ['smtp://mail.example:25', 'auto', false],
    ['smtp://ann:pass@127.0.0.1:25', 'auto', false],
    ['smtp://ann:pass@[::1]:25', 'auto', false],
    ['smtp://ann:pass@localhost', 'auto', false],
    ['smtp://ann:pass@mail.example:587', 'off', false],
    ['smtp://127.0.0.1:25', 'on', true],
  ] as const)('%s, %s', (smtpUrl, mode, isRequired) => {
    const url = new URL(withRequiredTls(smtpUrl, mode));
    expect(url.searchParams.get('requireTLS')).toBe(isRequired ? 'true' : null);
    if (isRequired) expect(url.searchParams.has('ignoreTLS')).toBe(false);
    expect([url.username, url.password, url.host]).toEqual(
      [new URL(smtpUrl)].flatMap(({ username, password, host }) => [username, password, host]),
    );
  });

  test('one that offers none gets neither password nor mail, and suspends the channel', async () => {
    const tried: string[] = [];
    const server = await startScriptedSmtp({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => {
        tried.push(password ?? '');
        done(null, { user: 'ann' });
      },
    });
    const smtpUrl = server.smtpUrl.replace('smtp://', 'smtp://ann:hunter2@');
    const send = async (requireTls: 'on' | 'off', to = 'zoe@example.com') => {
      const channel = createEmailChannel({ smtpUrl, from: 'shop@example.com', onAmbiguous: 'resend', requireTls });
      const base = { messageId: '<1@shop.example>', boundary: 'b', replyTo: null, subject: 'x', text: 'x', html: null };
      const request = { ...base, to, from: { name: '', address: 'shop@example.com' } };
      const result = await channel.send(request, { sendKey: '1', timeoutMs: 5_000, now: Date.now() });
      await channel.close();
      return result;
    };
    for (const to of ['zoe@example.com', 'zoé@example.com'])
      expect(await send('on', to)).toMatchObject({ kind: 'misconfigured', code: 'tls_failed' });
    expect([tried, server.received]).toEqual([[], []]);
    expect(await send('off')).toMatchObject({ kind: 'accepted' });
    expect(tried).toEqual(['hunter2']);
    await server.stop();
  });
});
