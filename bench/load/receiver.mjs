// The world that messages go to: a webhook receiver that honours its key and a mail server, in a process of their own.
// Notes when each message came, and nothing else.
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { serveCalls } from '../stack/child.mjs';

const WAIT_MS = 600_000;

await serveCalls(async ({ httpPort, smtpPort }) => {
  /** When each message came first, by the person it is for. */
  let arrivals = new Map();
  let repeats = 0;
  let wake = () => undefined;
  const keys = new Set();
  const note = (key, person) => {
    if (keys.has(key)) {
      repeats += 1;
      return;
    }
    keys.add(key);
    arrivals.set(person, Date.now());
    wake();
  };

  /** Requests that get no answer, until they all do, and those after them at once. */
  const hanging = [];
  let hangs = true;
  const http = createServer((request, response) => {
    if (hangs && request.url.startsWith('/hang/')) {
      request.resume();
      hanging.push(response);
      return;
    }
    note(request.headers['webhook-id'], request.url.slice(1));
    request.resume();
    request.once('end', () => response.writeHead(204).end());
  });
  http.keepAliveTimeout = 60_000;
  await new Promise((resolve) => http.listen(httpPort, '127.0.0.1', resolve));
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      stream.resume();
      stream.once('end', () => {
        const [{ address }] = session.envelope.rcptTo;
        note(`${address}-${session.id}`, address);
        done();
      });
    },
  });
  await new Promise((resolve) => mail.listen(smtpPort, '127.0.0.1', resolve));

  const until = (isDone) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`only ${arrivals.size} messages came`)), WAIT_MS);
      wake = () => {
        if (!isDone()) return;
        clearTimeout(timer);
        resolve();
      };
      wake();
    });

  return {
    reset() {
      arrivals = new Map();
      repeats = 0;
    },
    async waitForCount(count) {
      await until(() => arrivals.size >= count);
      return { count: arrivals.size, repeats };
    },
    /** When it came, epoch ms. */
    async waitForPerson(person) {
      await until(() => arrivals.has(person));
      return arrivals.get(person);
    },
    answerHanging() {
      hangs = false;
      for (const response of hanging.splice(0)) response.writeHead(204).end();
    },
    count: () => ({ count: arrivals.size, repeats }),
  };
});
