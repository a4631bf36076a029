/**
 * Says where everything is, and a first request: readable in a terminal, one JSON object elsewhere. That one is a line of
 * a log, so instead of the key and the link that opens the pages it has the files that hold them.
 */
import type { Config } from '../../config/config.js';
import type { HomeLink } from './homeLink.js';

export interface Announced {
  readonly inboxUrl: string | null;
  readonly dev: AnnouncedAccess | null;
}

export interface AnnouncedAccess {
  readonly key: string;
  readonly link: HomeLink;
}

export function announce(config: Config, { inboxUrl, dev }: Announced): void {
  const { publicUrl } = config.http;
  const places = {
    home: publicUrl,
    homeLinkFile: dev?.link.file ?? null,
    docs: `${publicUrl}/docs`,
    inbox: inboxUrl,
    temporalUi: config.temporal.uiUrl,
    devKeyFile: config.devKeyFile,
    // One line of a shell, as a log is read by the line.
    sendAFirstMessage:
      config.devKeyFile === null ? null : firstRequest(publicUrl, `$(cat ${config.devKeyFile})`).join(' '),
  };
  if (!process.stdout.isTTY) {
    process.stdout.write(
      `${JSON.stringify({ level: 'info', time: new Date().toISOString(), msg: 'Rappel is ready', ...places })}\n`,
    );
    return;
  }
  const rows: readonly (readonly [string, string | null])[] = [
    ['Home', dev?.link.url ?? places.home],
    ['API docs', places.docs],
    ['Inbox', places.inbox],
    ['Temporal UI', places.temporalUi],
    ['Key', dev?.key ?? 'rappel keys create --name me --scopes all'],
  ];
  const shown = rows.flatMap(([title, place]) => (place === null ? [] : [`  ${title.padEnd(12)} ${place}`]));
  process.stdout.write(`\nRappel is ready\n\n${shown.join('\n')}\n`);
  if (dev === null) return;
  const request = firstRequest(publicUrl, dev.key).join(' \\\n    ');
  process.stdout.write(
    `\n  Send a first message (it arrives in the inbox):\n\n  ${request}\n\n  See a campaign at work: npm run demo, in another terminal. Ctrl-C stops everything and loses nothing.\n\n`,
  );
}

/** The parts of a `curl`. */
function firstRequest(url: string, key: string): readonly string[] {
  const attributes = [{ external_id: 'ann', email: 'ann@example.com', first_name: 'Ann' }];
  // The time of the paste: a day after the start, one printed now would be too old to trigger anything.
  const events = [{ external_id: 'ann', name: 'signed_up', time: `'$(date -u +%FT%TZ)'` }];
  return [
    `curl ${url}/users/track`,
    `-H "Authorization: Bearer ${key}"`,
    `-H 'Content-Type: application/json'`,
    `-d '${JSON.stringify({ attributes, events })}'`,
  ];
}
