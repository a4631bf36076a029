/**
 * What `npm start` serves: API, worker and, unless SMTP_URL is set, the local inbox, in one process. Started by the
 * launcher, configured by the environment alone, and gone when the launcher is.
 */
import path from 'node:path';
import type { DevAccess } from '../../api/deps.js';
import { createPageSession } from '../../api/middleware/ownPage.js';
import { createInbox, type Inbox } from '../../channels/inbox/inbox.js';
import { type Config, ConfigError } from '../../config/config.js';
import { startServer } from '../../server.js';
import type { Pool } from '../../storage/pool.js';
import { startWorker } from '../../worker.js';
import { endByUncaught, lastWords } from '../lastWords.js';
import { loadSettings } from '../loadSettings.js';
import { auditStart, createParts } from '../serve.js';
import { type AnnouncedAccess, announce } from './announce.js';
import { ensureDevKey } from './devKey.js';
import { forgetHomeLink, keepHomeLink } from './homeLink.js';
import { ensureWelcomeCampaign } from './welcomeCampaign.js';

async function main(): Promise<void> {
  endByUncaught();
  const stopped = stopAsked();
  const settings = loadSettings();
  const inbox = await startInbox(settings);
  const config: Config =
    inbox === null ? settings : { ...settings, email: { ...settings.email, smtpUrl: inbox.smtpUrl } };
  const parts = createParts(config, 'rappel');
  const ending = auditStart(parts, 'rappel');
  const { pool, logger, templates } = parts;
  const dev = config.devKeyFile === null ? null : await openDevAccess(config, { pool, file: config.devKeyFile });
  const worker = await startWorker(parts);
  const server = await startServer({
    ...parts,
    wakeOutbox: () => worker.wake(),
    inboxUrl: inbox?.url ?? null,
    devAccess: dev?.access ?? null,
  });
  if (dev !== null) await ensureWelcomeCampaign(localUrl(config), dev.key);
  announce(config, { inboxUrl: inbox?.url ?? null, dev });
  // Answers first, then sends under way, then the mail server they go to.
  const end = await Promise.race([stopped, worker.finished.then(() => 'worker' as const)]);
  ending.abort();
  await server.stop();
  if (dev !== null) forgetHomeLink(dev.link);
  await worker.stop();
  await templates.close();
  await pool.end();
  await inbox?.stop();
  if (end === 'worker') throw new Error('the worker ended by itself');
  logger.flush();
}

/** What an embedded database is opened with: a key for programs, a link for browsers. */
async function openDevAccess(
  { http }: Config,
  { pool, file }: { readonly pool: Pool; readonly file: string },
): Promise<AnnouncedAccess & { readonly access: DevAccess }> {
  const { id, key } = await ensureDevKey(pool, file);
  const session = createPageSession(http.port);
  const link = keepHomeLink(file, { home: http.publicUrl, token: session.token });
  return { key, link, access: { apiKeyId: id, session } };
}

async function startInbox({ email, inbox, devKeyFile }: Config): Promise<Inbox | null> {
  if (email.smtpUrl !== null) return null;
  // Kept beside the embedded database, so that a restart does not forget what was delivered.
  const directory = devKeyFile === null ? null : path.join(path.dirname(devKeyFile), 'inbox');
  const started = createInbox({ smtpPort: inbox.smtpPort, httpPort: inbox.port, directory });
  await started.start();
  return started;
}

function localUrl({ http }: Config): string {
  return `http://${http.host === '0.0.0.0' ? '127.0.0.1' : http.host}:${http.port}`;
}

/** A signal, or the end of the launcher, whose channel to us then closes. */
function stopAsked(): Promise<'asked'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve('asked'));
    process.once('disconnect', () => resolve('asked'));
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : lastWords(error)}\n`);
    process.exit(1);
  },
);
