// The scripted providers, a process of their own: a webhook receiver that honours `webhook-id`, a mail server, and a receiver
// that is stuck. They note on the disk what they received before they answer; the first two misbehave as they are told,
// once per message at most.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { openJournal } from './journal.mjs';
import { createStuckReceiver } from './neighbours/stuckReceiver.mjs';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const journal = openJournal(settings.file);
/** What each channel does to its next messages, first ordered first. */
const orders = { webhook: [], email: [] };
const seen = new Set();
const misbehaved = new Set();

function behaviourFor(channel, key) {
  const [order] = orders[channel];
  if (order === undefined || misbehaved.has(key)) return 'accept';
  misbehaved.add(key);
  order.count -= 1;
  if (order.count <= 0) orders[channel].shift();
  return order.behaviour;
}

/** A key is delivered once; whatever comes under it later is a replay. */
function take(line) {
  const isReplay = line.channel === 'webhook' && seen.has(line.key) && settings.honoursKeys;
  seen.add(line.key);
  journal.write({ ...line, kind: isReplay ? 'replay' : 'delivered' });
}

const receiver = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const at = Date.now();
    const key = String(request.headers['webhook-id']);
    const text = Buffer.concat(chunks).toString('utf8');
    const { campaign, eid } = JSON.parse(text);
    const behaviour = behaviourFor('webhook', key);
    const line = { at, channel: 'webhook', key, campaign, eid, behaviour };
    switch (behaviour) {
      case 'accept':
        take(line);
        return setTimeout(() => response.writeHead(204).end(), settings.answerAfterMs);
      case 'tooMany':
        journal.write({ ...line, kind: 'refused' });
        return response.writeHead(429, { 'retry-after': '1' }).end();
      case 'unavailable':
        journal.write({ ...line, kind: 'refused' });
        // The words of a refusal repeat what was sent, as those of some receivers do.
        return response.writeHead(503).end(text);
      case 'reject':
        journal.write({ ...line, kind: 'refused' });
        return response.writeHead(400).end(text);
      case 'takeThenDrop':
        take(line);
        return request.socket.resetAndDestroy();
      case 'takeThenHang':
        take(line);
        return undefined;
      case 'drop':
        journal.write({ ...line, kind: 'lost' });
        return request.socket.resetAndDestroy();
      case 'hang':
        journal.write({ ...line, kind: 'lost' });
        return undefined;
      default:
        throw new Error(`unknown behaviour ${behaviour}`);
    }
  });
});

const stuck = createStuckReceiver({ take, lose: (line) => journal.write({ ...line, kind: 'lost' }) });

const mailServer = new SMTPServer({
  disabledCommands: ['STARTTLS', 'AUTH'],
  authOptional: true,
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const at = Date.now();
      const text = Buffer.concat(chunks).toString('utf8');
      const key = header(text, 'Message-ID');
      const to = session.envelope.rcptTo.map(({ address }) => address).join(' ');
      const behaviour = behaviourFor('email', key);
      const line = { at, channel: 'email', key, campaign: 'mail', eid: header(text, 'Subject'), behaviour };
      const drop = () => [...mailServer.connections].find(({ id }) => id === session.id)?._socket.destroy();
      if (behaviour === 'unavailable') {
        journal.write({ ...line, kind: 'refused' });
        return done(Object.assign(new Error(`not now for ${to}`), { responseCode: 451 }));
      }
      if (behaviour === 'drop') {
        journal.write({ ...line, kind: 'lost' });
        return drop();
      }
      take(line);
      if (behaviour === 'takeThenDrop') return drop();
      return behaviour === 'takeThenHang' ? undefined : done(null, `queued for ${to}`);
    });
  },
  logger: false,
});
mailServer.on('error', () => undefined);

function header(text, name) {
  return new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1] ?? '';
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

process.on('message', ({ channel, behaviour, count }) => {
  if (channel === 'stuck') return stuck[behaviour]();
  return orders[channel].push({ behaviour, count });
});
process.on('disconnect', () => process.exit(0));
await listen(receiver, settings.httpPort);
await listen(stuck.server, settings.stuckPort);
await listen(mailServer.server, settings.smtpPort);
process.send({ kind: 'ready' });
