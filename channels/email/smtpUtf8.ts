// Whether the mail server takes addresses with letters beyond ASCII before the @ (RFC 6531). nodemailer sends such an
// address raw to a server that does not, where it means nobody or somebody else.
import { createTransport } from 'nodemailer';

const ASKED_AGAIN_AFTER_MS = 600_000;
const ANSWER_WITHIN_MS = 5_000;
const EXTENSION = /[ -]SMTPUTF8\b/i;

/** Resolves to what the server's greeting lists, asked at most every 10 minutes; true where it cannot be asked now. */
export function createUtf8Probe(smtpUrl: string): () => Promise<boolean> {
  let known: { readonly answer: boolean; readonly until: number } | null = null;
  return async () => {
    if (known !== null && performance.now() < known.until) return known.answer;
    const lines: string[] = [];
    const note = (_entry: unknown, text?: unknown): void => {
      lines.push(String(text ?? ''));
    };
    const silent = (): void => undefined;
    const logger = {
      level: silent,
      trace: silent,
      debug: note,
      info: note,
      warn: silent,
      error: silent,
      fatal: silent,
    };
    const transport = createTransport({
      url: smtpUrl,
      logger,
      transactionLog: true,
      connectionTimeout: ANSWER_WITHIN_MS,
      greetingTimeout: ANSWER_WITHIN_MS,
      socketTimeout: ANSWER_WITHIN_MS,
    });
    try {
      await transport.verify();
    } catch {
      // The send itself will say what is wrong with the server.
      return true;
    } finally {
      transport.close();
    }
    const answer = lines.some((line) => EXTENSION.test(line));
    known = { answer, until: performance.now() + ASKED_AGAIN_AFTER_MS };
    return answer;
  };
}
