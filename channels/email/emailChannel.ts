// The e-mail channel: one SMTP server, pooled connections. It knows nothing about campaigns, and never sends a
// message twice by itself: the pool repeats only what did not begin to leave.

import type { Readable } from 'node:stream';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import type { Channel, SendResult } from '../channel.js';
import { accepted, rejected } from '../sendResult.js';
import { classifySmtpError, type SmtpFailure } from './classifySmtpError.js';
import { parseMailbox } from './emailAddress.js';
import { type EmailRequest, emailRequestSchema, prepareEmail, structureOf } from './emailRequest.js';
import { literalSubject, writeNamesLiterally } from './literalText.js';
import { type RequireTls, withRequiredTls } from './requireTls.js';
import { createUtf8Probe } from './smtpUtf8.js';

export interface EmailChannelOptions {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly smtpUrl: string;
  /** The sender where a campaign names none: `Shop <hello@shop.example>`. */
  readonly from: string;
  readonly onAmbiguous: Channel['onAmbiguous'];
  /** `auto` unless given: with credentials, and not to this machine itself. */
  readonly requireTls?: RequireTls;
  readonly timeoutMs?: number;
  readonly maxConnections?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CHECK_TIMEOUT_MS = 10_000;

export function createEmailChannel(given: EmailChannelOptions): Channel {
  const options = { ...given, smtpUrl: withRequiredTls(given.smtpUrl, given.requireTls ?? 'auto') };
  const from = parseMailbox(options.from);
  if (from === null)
    throw new Error(`The sender "${options.from}" is not one e-mail address, as in "Shop <hello@shop.example>".`);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const { transport, dataBegan } = createPooledTransport(options, timeoutMs);
  const takesUtf8 = createUtf8Probe(options.smtpUrl);

  return {
    name: 'email',
    timeoutMs,
    maxRefusals: null,
    onAmbiguous: options.onAmbiguous,
    isKeyed: () => false,
    structure: structureOf,
    prepare: (content, profile, sendKey) => prepareEmail({ content, profile, sendKey, from }),
    lacks: () => Promise.resolve(null),
    receiver: () => 'email',

    async send(request, { timeoutMs: attemptMs, now }): Promise<SendResult> {
      const parsed = emailRequestSchema.safeParse(request);
      if (!parsed.success) return rejected('request_unreadable', parsed.error.message);
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), Math.min(attemptMs, timeoutMs));
      try {
        if (needsUtf8(parsed.data) && !(await takesUtf8(deadline.signal))) {
          const detail = 'the mail server does not take addresses with letters beyond ASCII before the @ (SMTPUTF8)';
          return rejected('smtputf8_unsupported', detail);
        }
        const info = await transport.sendMail({ ...mailOf(parsed.data), date: new Date(now), signal: deadline.signal });
        return accepted(String(info.response ?? ''));
      } catch (error) {
        return classifySmtpError(failureOf(error), dataBegan(deadline.signal));
      } finally {
        clearTimeout(timer);
      }
    },

    async check() {
      const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
      const expired = new Promise<never>((_, reject) => {
        timeout.addEventListener('abort', () =>
          reject(new Error(`The SMTP server did not answer within ${CHECK_TIMEOUT_MS} ms.`)),
        );
      });
      await Promise.race([transport.verify(), expired]);
    },

    async close() {
      transport.close();
    },
  };
}

/** The pool, and whether a send's data began to leave: nodemailer's errors alone do not tell. */
function createPooledTransport({ smtpUrl, maxConnections = 5 }: EmailChannelOptions, timeoutMs: number) {
  const streams = new WeakMap<AbortSignal, Readable[]>();
  const transport: Transporter = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections,
    // A pooled connection may have been dropped while idle; such a message never began and may move to a new one.
    maxRequeues: 1,
    connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    greetingTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    dnsTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    socketTimeout: timeoutMs,
    // Content is text from templates: it must never make us read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', (mail, done) => {
    writeNamesLiterally(mail.message);
    const signal = mail.data.signal;
    if (signal !== undefined) {
      const opened: Readable[] = [];
      streams.set(signal, opened);
      const open = mail.message.createReadStream.bind(mail.message);
      mail.message.createReadStream = (streamOptions) => {
        const stream = open(streamOptions);
        opened.push(stream);
        return stream;
      };
    }
    done();
  });
  return {
    transport,
    dataBegan: (signal: AbortSignal) => (streams.get(signal) ?? []).some((stream) => stream.readableDidRead),
  };
}

const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Domains are in ASCII already: it is the part before an @. */
function needsUtf8({ to, from, replyTo }: EmailRequest): boolean {
  return [to, from.address, replyTo?.address ?? ''].some((address) => BEYOND_ASCII.test(address));
}

function mailOf(request: EmailRequest): SendMailOptions {
  return {
    from: request.from,
    to: { name: '', address: request.to },
    ...(request.replyTo === null ? {} : { replyTo: request.replyTo }),
    subject: literalSubject(request.subject),
    text: request.text,
    ...(request.html === null ? {} : { html: request.html }),
    messageId: request.messageId,
    baseBoundary: request.boundary,
    xMailer: false,
    envelope: { from: request.from.address, to: [request.to] },
  };
}

/** Reads by name rather than by class: an error may come from another realm (as under jest) or be no Error at all. */
function failureOf(error: unknown): SmtpFailure {
  const read = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const text = (name: string) => {
    const value = read(name);
    return typeof value === 'string' ? value : undefined;
  };
  const responseCode = read('responseCode');
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    command: text('command'),
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    message: text('message') ?? String(error),
  };
}
