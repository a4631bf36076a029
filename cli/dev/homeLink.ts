/**
 * The link that opens the pages, in a file of mode 0600 beside the development key: for whoever has no terminal to read
 * it in, as the output of a start without one is a log and must not have it. Gone with the process, as the link is.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface HomeLink {
  readonly url: string;
  readonly file: string;
}

export function keepHomeLink(devKeyFile: string, { home, token }: { home: string; token: string }): HomeLink {
  const link = { url: `${home}/?token=${token}`, file: path.join(path.dirname(devKeyFile), 'home-link') };
  // The mode counts for a new file only.
  forgetHomeLink(link);
  writeFileSync(link.file, `${link.url}\n`, { mode: 0o600 });
  return link;
}

export function forgetHomeLink({ file }: HomeLink): void {
  rmSync(file, { force: true });
}
