/**
 * What `npm start` serves: API, worker and, unless SMTP_URL is set, the local inbox, in one process. Started by the
 * launcher, configured by the environment alone, and gone when the launcher is.
 */
import path from 'node:path';
import { createInbox, type Inbox } from '../../channels/inbox/inbox.js';
import { type Config, ConfigError } from '../../config/config.js';
import { startServer } from '../../server.js';
import { startWorker } from '../../worker.js';
import { loadSettings } from '../loadSettings.js';
import { createParts } from '../serve.js';
import { announce } from './announce.js';
import { type DevKey, ensureDevKey } from './devKey.js';
import { ensureWelcomeCampaign } from './welcomeCampaign.js';

async function main(): Promise<void> {
  const stopped = stopAsked();
  const settings = loadSettings();
  const inbox = await startInbox(settings);
  const config: Config =
    inbox === null ? settings : { ...settings, email: { ...settings.email, smtpUrl: inbox.smtpUrl } };
  const parts = createParts(config, 'rappel');
  const { pool, logger, templates } = parts;
  const devKey: DevKey | null = config.devKeyFile === null ? null : await ensureDevKey(pool, config.devKeyFile);
  const worker = await startWorker(parts);
  const server = await startServer({
    ...parts,
    wakeOutbox: () => worker.wake(),
    inboxUrl: inbox?.url ?? null,
    devAccess: devKey === null ? null : { apiKeyId: devKey.id },
  });
  if (devKey !== null) await ensureWelcomeCampaign(localUrl(config), devKey.key);
  announce(config, { inboxUrl: inbox?.url ?? null, devKey });
  // Answers first, then sends under way, then the mail server they go to.
  const end = await Promise.race([stopped, worker.finished.then(() => 'worker' as const)]);
  await server.stop();
  await worker.stop();
  await templates.close();
  await pool.end();
  await inbox?.stop();
  if (end === 'worker') throw new Error('the worker ended by itself');
  logger.flush();
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
    const message = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${message}\n`);
    process.exit(1);
  },
);
