// Says what a failed SMTP conversation means for the message. The one hard question is whether the server may have
// taken it: that is possible only once its data began, and settled by any final reply.

import type { SendResult } from '../channel.js';
import { ambiguous, misconfigured, refused, rejected } from '../sendResult.js';

/** The parts of a nodemailer error that carry meaning. */
export interface SmtpFailure {
  readonly code: string | undefined;
  readonly originalCode: string | undefined;
  readonly responseCode: number | undefined;
  readonly command: string | undefined;
  readonly message: string;
}

const AUTHENTICATION_CODES = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2']);
const AUTHENTICATION_REPLIES = new Set([530, 534, 535, 538]);
const SESSION_COMMANDS = new Set(['CONN', 'EHLO', 'HELO', 'STARTTLS']);
const BAD_SEQUENCE = 503;
const TLS_ERROR = /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA)/;

export function classifySmtpError(failure: SmtpFailure, dataBegan: boolean): SendResult {
  const { code = '', originalCode = '', responseCode, command = '', message: detail } = failure;

  if (AUTHENTICATION_CODES.has(code)) {
    return isTemporary(responseCode)
      ? refused('authentication_unavailable', detail)
      : misconfigured('authentication_failed', detail);
  }
  if (code === 'EDNS') return misconfigured('host_unknown', detail);
  if (code === 'ECONFIG') return misconfigured('settings_wrong', detail);
  if (code === 'ETLS' || code === 'EREQUIRETLS' || TLS_ERROR.test(originalCode)) {
    return misconfigured('tls_failed', detail);
  }
  if (responseCode !== undefined && responseCode >= 400) return classifyReply(responseCode, command, detail);
  if (dataBegan) return ambiguous(isTimeout(code) ? 'reply_timeout' : 'reply_lost', detail);
  if (code === 'EENVELOPE') return rejected('envelope_invalid', detail);
  if (code === 'EMESSAGE') return rejected('message_too_large', detail);
  if (isTimeout(code)) return refused('timeout', detail);
  return refused(originalCode === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost', detail);
}

/** A reply is a server's own word: 4xx not now, 5xx never, unless it spoke about us rather than the message. */
function classifyReply(responseCode: number, command: string, detail: string): SendResult {
  if (isTemporary(responseCode) || responseCode === BAD_SEQUENCE) return refused(`smtp_${responseCode}`, detail);
  if (AUTHENTICATION_REPLIES.has(responseCode)) return misconfigured('authentication_required', detail);
  if (SESSION_COMMANDS.has(command)) return misconfigured('session_refused', detail);
  return rejected(`smtp_${responseCode}`, detail);
}

function isTemporary(responseCode: number | undefined): boolean {
  return responseCode !== undefined && responseCode >= 400 && responseCode < 500;
}

function isTimeout(code: string): boolean {
  return code === 'ETIMEDOUT' || code === 'EABORT';
}
