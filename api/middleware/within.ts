import { RappelError } from '../../domain/errors.js';

/**
 * Gives up waiting for the database after `ms`, so that an outage is answered with 503 at once and not after the
 * pool's own, longer deadlines. The statement itself is not stopped: use it for reads only.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RappelError('unavailable', 'The database does not answer. Try again.')), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
