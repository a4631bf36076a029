import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import type { JsonObject } from '../../domain/json.js';
import type { Channel, SendResult } from '../channel.js';
import { CONFORMANCE_TIMEOUT_MS, channelConformance, conformanceProfile } from '../conformance.js';
import { retryAfterMs } from './classifyExchange.js';
import { MAX_RESPONSE_BYTES } from './exchange.js';
import { type ScriptedHttp, startScriptedHttp } from './scriptedHttp.js';
import { createWebhookChannel } from './webhookChannel.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

const channelFor = (allowHosts: readonly string[], signingSecrets: readonly string[] = [SECRET]): Channel =>
  createWebhookChannel({ signingSecrets, allowHosts, timeoutMs: CONFORMANCE_TIMEOUT_MS });

channelConformance('webhook', async () => {
  const provider = await startScriptedHttp();
  const content = {
    url: `http://${provider.host}/hook?for=1`,
    body: { to: conformanceProfile.email ?? '', note: 'é' },
  };
  return { channel: channelFor([provider.host]), provider, content };
});

describe('webhook channel', () => {
  let receiver: ScriptedHttp;
  let channel: Channel;

  beforeEach(async () => {
    receiver = await startScriptedHttp();
    channel = channelFor([receiver.host]);
  });

  afterEach(async () => {
    await channel.close();
    await receiver.stop();
  });

  const now = Date.now();
  const deliver = async (content: JsonObject = {}, via = channel, timeoutMs = 2_000): Promise<SendResult> => {
    const prepared = via.prepare({ url: `http://${receiver.host}/hook`, ...content }, conformanceProfile, 'key-1');
    if (prepared.kind === 'invalid') throw new Error(prepared.detail);
    return via.send(prepared.request, { sendKey: 'key-1', timeoutMs, now });
  };
  const lastRequest = () => {
    const last = receiver.requests.at(-1);
    if (last === undefined) throw new Error('nothing was received');
    return { ...last, headers: Object.fromEntries(Object.entries(last.headers).map(([k, v]) => [k, String(v)])) };
  };
  const answerWith = (status: number, headers: Record<string, string> = {}, body = '') =>
    receiver.answer((response: ServerResponse) => void response.writeHead(status, headers).end(body));

  test('the official library verifies the signature, with each of the secrets during a rotation', async () => {
    const rotating = channelFor([receiver.host], [SECRET, OLD_SECRET]);
    await deliver({ body: { hello: 'wörld' } }, rotating);
    await rotating.close();
    const { headers, body } = lastRequest();
    expect(headers['webhook-id']).toBe('key-1');
    for (const secret of [SECRET, OLD_SECRET])
      expect(new Webhook(secret).verify(body, headers)).toEqual({ hello: 'wörld' });
    expect(() => new Webhook(SECRET).verify(body.replace('wörld', 'earth'), headers)).toThrow(/signature/i);
    expect(() => new Webhook(SECRET).verify(body, { ...headers, 'webhook-id': 'key-2' })).toThrow(/signature/i);
    expect(() => new Webhook(SECRET).verify(body, { ...headers, 'webhook-timestamp': '1600000000' })).toThrow(
      /timestamp/i,
    );
  });

  test.each([
    ['', /at least one/],
    ['secret', /whsec_/],
    [`whsec_${Buffer.alloc(8).toString('base64')}`, /24 to 64 bytes/],
  ])('a signing secret of %j is refused when the channel is made', (secret, message) => {
    const signingSecrets = secret === '' ? [] : [secret];
    expect(() => createWebhookChannel({ signingSecrets, allowHosts: [] })).toThrow(message);
  });

  test('method, headers and body arrive as rendered; an object is JSON', async () => {
    await deliver({
      method: 'PUT',
      headers: { 'X-Team': 'growth', 'Content-Type': 'application/vnd.x+json' },
      body: { a: [1, null] },
    });
    expect(lastRequest()).toMatchObject({
      body: '{"a":[1,null]}',
      headers: { 'x-team': 'growth', 'content-type': 'application/vnd.x+json' },
    });
    await deliver({ body: '{"a": 1}' });
    expect(lastRequest()).toMatchObject({ body: '{"a": 1}', headers: { 'content-type': 'application/json' } });
    await deliver({ body: 'plain' });
    expect(lastRequest()).toMatchObject({ body: 'plain', headers: { 'content-type': 'text/plain; charset=utf-8' } });
    await deliver({ method: 'GET' });
    expect(lastRequest().headers['content-type']).toBeUndefined();
  });

  test.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'connection',
    'Webhook-Id',
    'webhook-signature',
    'Proxy-Authorization',
    'te',
  ])('the content cannot set the header %s', (name) => {
    const content = { url: `http://${receiver.host}/`, headers: { [name]: 'x' } };
    expect(channel.prepare(content, conformanceProfile, 'k')).toMatchObject({
      kind: 'invalid',
      detail: expect.stringContaining(name),
    });
  });

  test.each([
    [{ headers: { 'x-a': 'a\r\nx-b: c' } }, /headers.x-a/],
    [{ headers: { 'x a': 'b' } }, /not a header name/],
    [{ headers: { 'x-a': '日本' } }, /no header can carry/],
    [{ method: 'GET', body: 'x' }, /GET/],
    [{ method: 'TRACE' }, /method/],
    [{ url: '' }, /url/],
    [{ body: 'x'.repeat(1_048_577) }, /1048576/],
  ])('content that cannot be a request is invalid, saying where (%#)', (content, message) => {
    const prepared = channel.prepare({ url: `http://${receiver.host}/`, ...content }, conformanceProfile, 'k');
    expect(prepared).toEqual({ kind: 'invalid', detail: expect.stringMatching(message) });
  });

  test.each([
    [200, 'accepted'],
    [204, 'accepted'],
    [299, 'accepted'],
    [301, 'rejected'],
    [307, 'rejected'],
    [400, 'rejected'],
    [404, 'rejected'],
    [410, 'rejected'],
    [408, 'refused'],
    [429, 'refused'],
    [500, 'refused'],
    [503, 'refused'],
  ])('WH-02: an answer of %i is %s', async (status, kind) => {
    answerWith(status);
    expect(await deliver()).toMatchObject(kind === 'accepted' ? { kind } : { kind, code: `http_${status}` });
  });

  test('WH-02: five sure refusals end a webhook', () => {
    expect(channel.maxRefusals).toBe(5);
  });

  test.each([
    ['gzip', gzipSync('no')],
    ['UTF-16', Buffer.from('no\u0000way', 'utf16le')],
    ['U+0000', Buffer.from('a\u0000b')],
    ['an emoji cut at the 1,000th unit', Buffer.from(`${'x'.repeat(989)}😀😀`)],
    ['half a surrogate pair as CESU-8', Buffer.from([0xed, 0xa0, 0xbd])],
  ])('B1: what a receiver refuses with (%s) is made storable', async (_, body) => {
    receiver.answer((response) => void response.writeHead(403).end(body));
    const result = await deliver();
    expect(result).toMatchObject({ kind: 'rejected', code: 'http_403' });
    if (result.kind !== 'rejected') throw new Error('not rejected');
    expect(result.detail).not.toMatch(/\u0000|\p{Surrogate}/u);
    expect(result.detail.length).toBeLessThanOrEqual(1_000);
  });

  test.each([
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['two of them', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
    ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('B11: an unasked interim answer (%s) is skipped, and the answer after it counts', async (_, interim) => {
    receiver.answer((response) => {
      response.socket?.write(interim);
      response.writeHead(204).end();
    });
    expect(await deliver()).toEqual({ kind: 'accepted', reference: 'HTTP 204' });
    expect(receiver.requests).toHaveLength(1);
    // The connection is good for the next message.
    expect(await deliver()).toMatchObject({ kind: 'accepted' });
    expect(receiver.connectionsOpened()).toBe(1);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'B11: a %s with a body is one request, whatever its body looks like, and its headers hold their letters',
    async (method) => {
      const body = `é\r\n\r\nPOST /other HTTP/1.1\r\nhost: ${receiver.host}\r\ncontent-length: 0\r\n\r\n`;
      expect(await deliver({ method, body, headers: { 'x-name': 'José' } })).toMatchObject({ kind: 'accepted' });
      await deliver({ method });
      expect(receiver.requests.map(({ url }) => url)).toEqual(['/hook', '/hook']);
      expect(receiver.requests[0]).toMatchObject({ body, headers: { 'x-name': 'José' } });
      expect(receiver.requests[1]?.headers).toMatchObject({ 'content-length': '0' });
    },
  );

  test.each([
    ['as if asked to', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['with nothing said of what to', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ])('B11: a receiver that changes the protocol, %s, has refused: one request', async (_, answer) => {
    receiver.answer((response) => void response.socket?.write(answer));
    expect(await deliver()).toMatchObject({ kind: 'rejected', code: 'http_101' });
    receiver.answer((response) => void response.writeHead(204).end());
    expect(await deliver()).toMatchObject({ kind: 'accepted' });
    expect(receiver.requests).toHaveLength(2);
  });

  test('B11: interim answers without end are bounded by the time of the attempt', async () => {
    receiver.answer((response) => {
      const timer = setInterval(() => response.socket?.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
      response.socket?.once('close', () => clearInterval(timer));
    });
    expect(await deliver({}, channel, 300)).toMatchObject({ kind: 'ambiguous', code: 'reply_timeout' });
  });

  test('a redirect is not followed', async () => {
    answerWith(302, { location: `http://${receiver.host}/elsewhere` });
    expect(await deliver()).toMatchObject({ kind: 'rejected', code: 'http_302' });
    expect(receiver.requests).toHaveLength(1);
  });

  test('Retry-After is honoured as seconds or date, within an hour, and ignored when it is neither', async () => {
    answerWith(429, { 'retry-after': '17' });
    expect(await deliver()).toMatchObject({ retryAfterMs: 17_000 });
    const at = Date.UTC(2026, 10, 23, 9);
    expect(retryAfterMs('Mon, 23 Nov 2026 09:00:30 GMT', at)).toBe(30_000);
    expect(retryAfterMs('Mon, 23 Nov 2026 08:00:30 GMT', at)).toBe(0);
    expect(retryAfterMs('999999999', at)).toBe(3_600_000);
    expect(retryAfterMs('soon', at)).toBeNull();
    expect(retryAfterMs(null, at)).toBeNull();
  });

  test('an answer longer than is read decides by its status and is cut off', async () => {
    receiver.answer((response) => {
      response.writeHead(404);
      response.write('x'.repeat(MAX_RESPONSE_BYTES * 4));
    });
    const result = await deliver();
    expect(result).toMatchObject({ kind: 'rejected', code: 'http_404' });
    if (result.kind === 'rejected') expect(result.detail.length).toBeLessThanOrEqual(1_000);
  });

  test('a status followed by a body that never ends, or breaks off, decides by the status', async () => {
    receiver.answer((response) => void response.writeHead(200).write('partly'));
    expect(await deliver({}, channel, 300)).toMatchObject({ kind: 'accepted' });
    receiver.answer((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('partly', () => response.destroy());
    });
    expect(await deliver()).toMatchObject({ kind: 'accepted' });
  });

  test('response headers beyond 16 KiB are no reply', async () => {
    answerWith(200, { 'x-long': 'x'.repeat(20_000) });
    expect(await deliver()).toMatchObject({ kind: 'ambiguous' });
  });

  test('a request that waited for a connection until its time was over is refused, and never leaves afterwards', async () => {
    const narrow = createWebhookChannel({
      signingSecrets: [SECRET],
      allowHosts: [receiver.host],
      connectionsPerHost: 1,
    });
    const pending: ServerResponse[] = [];
    receiver.answer((response) => void pending.push(response));
    const first = deliver({}, narrow, 2_000);
    expect(await deliver({}, narrow, 150)).toMatchObject({ kind: 'refused', code: 'timeout' });
    for (const response of pending) response.writeHead(200).end();
    expect(await first).toMatchObject({ kind: 'accepted' });
    answerWith(200);
    await deliver({}, narrow);
    await narrow.close();
    expect(receiver.requests).toHaveLength(2);
  });

  test("a name that does not resolve is that message's refusal, not ours", async () => {
    expect(await deliver({ url: 'https://nowhere.invalid/' })).toMatchObject({
      kind: 'refused',
      code: expect.stringMatching(/^host_/),
    });
  });

  test('a server that does not speak TLS is refused before anything was sent', async () => {
    expect(await deliver({ url: `https://${receiver.host}/` })).toMatchObject({ kind: 'refused', code: 'tls_failed' });
    expect(receiver.requests).toHaveLength(0);
  });

  test('requests to one receiver share its connections', async () => {
    for (let index = 0; index < 5; index += 1) await deliver();
    expect(receiver.connectionsOpened()).toBeLessThanOrEqual(2);
  });

  test('a webhook is keyed only when its content says that the receiver honours webhook-id', () => {
    expect(channel.isKeyed({ url: 'x', honoursWebhookId: true })).toBe(true);
    expect(channel.isKeyed({ url: 'x', honoursWebhookId: 'true' })).toBe(false);
    expect(channel.isKeyed({ url: 'x' })).toBe(false);
  });
});
