import type { Request } from 'express';

/** Who a request without a key is counted as. */
export function addressOf(request: Request): string {
  return `address:${request.socket.remoteAddress ?? ''}`;
}
