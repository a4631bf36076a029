// Whether the mail server takes addresses with letters beyond ASCII before the @ (RFC 6531). nodemailer sends such an
// address raw to a server that does not, where it means nobody or somebody else.
import { createTransport } from 'nodemailer';

const ASKED_AGAIN_AFTER_MS = 600_000;
const ANSWER_WITHIN_MS = 5_000;
const EXTENSION = /[ -]SMTPUTF8\b/i;

/**
 * Resolves to what the server's greeting lists, asked at most every 10 minutes and once for all that wait; true where it
 * cannot be asked now, or not before the signal: the send itself will say what is wrong.
 */
export function createUtf8Probe(smtpUrl: string): (signal: AbortSignal) => Promise<boolean> {
  let known: { readonly answer: boolean; readonly until: number } | null = null;
  let asking: Promise<boolean | null> | null = null;
  return async (signal) => {
    if (known !== null && performance.now() < known.until) return known.answer;
    asking ??= askServer(smtpUrl).then((answer) => {
      asking = null;
      if (answer !== null) known = { answer, until: performance.now() + ASKED_AGAIN_AFTER_MS };
      return answer;
    });
    return (await Promise.race([asking, aborted(signal)])) ?? true;
  };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** Null when the server cannot be asked now. */
async function askServer(smtpUrl: string): Promise<boolean | null> {
  const lines: string[] = [];
  const note = (_entry: unknown, text?: unknown): void => {
    lines.push(String(text ?? ''));
  };
  const silent = (): void => undefined;
  const logger = { level: silent, trace: silent, debug: note, info: note, warn: silent, error: silent, fatal: silent };
  const transport = createTransport({
    url: smtpUrl,
    logger,
    transactionLog: true,
    dnsTimeout: ANSWER_WITHIN_MS,
    connectionTimeout: ANSWER_WITHIN_MS,
    greetingTimeout: ANSWER_WITHIN_MS,
    socketTimeout: ANSWER_WITHIN_MS,
  });
  try {
    await transport.verify();
  } catch {
    return null;
  } finally {
    transport.close();
  }
  return lines.some((line) => EXTENSION.test(line));
}
