// A canary listens on this machine; nothing that a message can say may reach it.

import { createServer, request as openHttp, type Server } from 'node:http';
import { request as openHttps } from 'node:https';
import net from 'node:net';
import type { Channel } from '../channel.js';
import { conformanceProfile } from '../conformance.js';
import { isGlobalUnicast } from './globalAddress.js';
import { ADDRESS_NOT_ALLOWED, createGuardedAgents, systemResolve } from './guardedAgents.js';
import { checkTarget, parseAllowedHosts } from './target.js';
import { createWebhookChannel } from './webhookChannel.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Refused by what the URL says. PORT is the canary's. */
const BY_URL = [
  'http://127.0.0.1/',
  'http://127.0.0.1:80/',
  'https://127.0.0.1/',
  'http://127.0.0.1:PORT/',
  'http://127.1/',
  'http://127.0.1/',
  'http://0177.0.0.1/',
  'http://0x7f.0.0.1/',
  'http://0x7f000001/',
  'http://2130706433/',
  'http://017700000001/',
  'http://0x7f.1/',
  'http://127.0.0.1./',
  'http://127.255.255.254/',
  'http://0.0.0.0/',
  'http://0/',
  'http://0.0.0.0:PORT/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://app.localhost/',
  'http://localhost:PORT/',
  'http://１２７.0.0.1/',
  'http://①②⑦.0.0.1/',
  'http://127。0。0。1/',
  'http://ⓛocalhost/',
  'http://%6c%6f%63alhost/',
  'http://%31%32%37.0.0.1/',
  'http://[::1]/',
  'http://[::1]:PORT/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[0:0:0:0:0:ffff:7f00:0001]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[ff02::1]/',
  'http://[fec0::1]/',
  'http://[100::1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[5f00::1]/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://100.127.255.254/',
  'http://192.0.0.1/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://0251.0376.0251.0376/',
  'http://2852039166/',
  'http://user@127.0.0.1/',
  'http://user:pass@hooks.example/',
  'http://hooks.example@127.0.0.1/',
  'http://hooks.example:80@127.0.0.1:PORT/',
  'http://127.0.0.1\\@hooks.example/',
  'http:127.0.0.1/',
  'http:/\\127.0.0.1/',
  'http:///127.0.0.1/',
  'http://127.0.0.1%00.hooks.example/',
  'http://127.\n0.0.1/',
  ' http://127.0.0.1/ ',
  'http://hooks.example:PORT/',
  'http://hooks.example:22/',
  'http://hooks.example:8080/',
  'https://hooks.example:8443/',
  'http://hooks.example:0/',
  'http://hooks.example:65536/',
  'ftp://hooks.example/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/_x',
  'unix:/var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'ws://hooks.example/',
  '//127.0.0.1/',
  '/relative',
  '',
  'http://',
  'http://[::1',
  'http://a b/',
];

/** Names whose answers are not public: refused when the connection would be made. */
const BY_ANSWER: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['0.0.0.0'],
  ['10.1.2.3'],
  ['192.168.1.1'],
  ['169.254.169.254'],
  ['100.64.0.1'],
  ['::1'],
  ['::'],
  ['::ffff:127.0.0.1'],
  ['64:ff9b::7f00:1'],
  ['fd00::1'],
  ['fe80::1'],
  ['8.8.8.8', '127.0.0.1'],
  ['2606:4700::1111', '::1'],
  ['not-an-address'],
  [],
];

describe('SSRF guard', () => {
  let canary: Server;
  let port: number;
  let reached = 0;

  beforeAll(async () => {
    canary = createServer((_request, response) => response.end());
    canary.on('connection', () => {
      reached += 1;
    });
    await new Promise<void>((resolve) => {
      canary.listen(0, '127.0.0.1', resolve);
    });
    const address = canary.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });

  afterAll(async () => {
    await new Promise((resolve) => canary.close(resolve));
  });

  const channelWith = (answers: () => readonly string[]): Channel =>
    createWebhookChannel({
      signingSecrets: [SECRET],
      allowHosts: [],
      timeoutMs: 500,
      resolve: async () => answers().map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    });
  const stored = (url: string) => ({ url, method: 'POST', headers: {}, body: '' });
  const options = { sendKey: 'k', timeoutMs: 1_000, now: 0 };

  test(`${BY_URL.length} hostile URLs are refused when prepared, and again when a stored one is sent`, async () => {
    expect(BY_URL.length).toBeGreaterThanOrEqual(60);
    const channel = channelWith(() => ['127.0.0.1']);
    for (const template of BY_URL) {
      const url = template.replace('PORT', String(port));
      expect([url, channel.prepare({ url }, conformanceProfile, 'k').kind]).toEqual([url, 'invalid']);
      const result = await channel.send(stored(url), options);
      expect([url, result.kind]).toEqual([url, 'rejected']);
      expect(result).toMatchObject({ code: 'address_not_allowed' });
    }
    await channel.close();
    expect(reached).toBe(0);
  });

  test('a name with any answer that is not public is refused without a connection', async () => {
    for (const answers of BY_ANSWER) {
      const channel = channelWith(() => answers);
      const result = await channel.send(stored('http://hooks.example/'), options);
      expect([answers, result]).toEqual([
        answers,
        expect.objectContaining({ kind: 'rejected', code: 'address_not_allowed' }),
      ]);
      await channel.close();
    }
    expect(reached).toBe(0);
  });

  test('a DNS server that answers public first and 127.0.0.1 afterwards is asked once per connection, and never obeyed', async () => {
    let asked = 0;
    const channel = channelWith(() => {
      asked += 1;
      return asked === 1 ? ['2000::1'] : ['127.0.0.1'];
    });
    // Nothing may leave this machine: what would be dialled is noted, and the connection fails in its place.
    const dialled: string[] = [];
    const dial = jest.spyOn(net, 'connect').mockImplementation(((options: net.TcpNetConnectOpts) => {
      const socket = new net.Socket();
      options.lookup?.(options.host ?? '', { all: true }, (error, addresses) => {
        const all = Array.isArray(addresses) ? addresses.map(({ address }) => address) : [addresses];
        if (error === null) dialled.push(...all);
        socket.destroy(error ?? Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      });
      return socket;
    }) as typeof net.connect);
    const first = await channel.send(stored('http://rebinding.example/'), options);
    expect(first.kind).toBe('refused');
    expect([asked, dialled]).toEqual([1, ['2000::1']]);
    const second = await channel.send(stored('http://rebinding.example/'), options);
    dial.mockRestore();
    await channel.close();
    expect([second.kind, asked, dialled, reached]).toEqual(['rejected', 2, ['2000::1'], 0]);
  });

  test('the agents themselves refuse a literal address, should one ever come past the check of the URL', async () => {
    const guard = { allowed: new Set<string>(), resolve: systemResolve, connectTimeoutMs: 500, connectionsPerHost: 1 };
    const agents = createGuardedAgents(guard);
    for (const [open, agent] of [[openHttp, agents.http] as const, [openHttps, agents.https] as const]) {
      for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost']) {
        const error = await new Promise((resolve) => {
          open({ host, port, agent }).once('error', resolve).end();
        });
        expect([host, error]).toEqual([host, expect.objectContaining({ code: ADDRESS_NOT_ALLOWED })]);
      }
    }
    agents.destroy();
    expect(reached).toBe(0);
  });

  test('an allowed host:port is reached, and its neighbours on other ports or names are not', async () => {
    const allowed = parseAllowedHosts([`localhost:${port}`, '[::1]:8080', '10.0.0.1:80']);
    expect(checkTarget(`http://localhost:${port}/`, allowed).kind).toBe('allowed');
    expect(checkTarget('http://[0:0::1]:8080/', allowed).kind).toBe('allowed');
    expect(checkTarget('http://10.0.0.1/', allowed).kind).toBe('allowed');
    expect(checkTarget(`http://127.0.0.1:${port}/`, allowed).kind).toBe('refused');
    expect(checkTarget(`http://localhost:${port + 1}/`, allowed).kind).toBe('refused');
    expect(checkTarget('https://10.0.0.1/', allowed).kind).toBe('refused');
    expect(checkTarget(`http://user@localhost:${port}/`, allowed).kind).toBe('refused');
    for (const entry of ['localhost', 'http://localhost:1', 'a@b:1', 'localhost:port', '']) {
      expect(() => parseAllowedHosts([entry])).toThrow(/host:port/);
    }
    const channel = createWebhookChannel({ signingSecrets: [SECRET], allowHosts: [`localhost:${port}`] });
    const before = reached;
    expect(await channel.send(stored(`http://localhost:${port}/`), options)).toMatchObject({ kind: 'accepted' });
    await channel.close();
    expect(reached).toBe(before + 1);
    reached = before;
  });

  test('ordinary public targets pass', () => {
    for (const url of [
      'https://hooks.example/a?b=c',
      'http://93.184.215.14/',
      'https://[2606:4700::1111]/',
      'https://bücher.example/',
      'https://hooks.example:443/',
    ]) {
      expect([url, checkTarget(url, new Set()).kind]).toEqual([url, 'allowed']);
    }
    expect(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'].map(isGlobalUnicast)).toEqual([true, true, true]);
  });
});
