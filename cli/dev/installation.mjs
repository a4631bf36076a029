// Where the running installation of this clone is: noted by the launcher, read by commands that talk to it.
// A note outlives a launcher that was killed, so whoever reads it asks at that address before believing it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePrivate, state } from './paths.mjs';

const note = path.join(state, 'running.json');
/** The address alone, for shells; it stays after a stop, as the port does. */
const addressFile = path.join(state, 'address');
export const devKeyFile = path.join(state, 'dev-key');

/** `env` is what the serving child gets: every port is chosen by then. */
export function noteInstallation(env) {
  const places = {
    url: `http://${localName(env.HOST)}:${env.PORT}`,
    inboxUrl: env.SMTP_URL ? null : `http://127.0.0.1:${env.INBOX_PORT}`,
    // The development key opens the embedded database only.
    hasDevKey: env.RAPPEL_DEV_KEY_FILE === devKeyFile,
    // With its password, and the keys of its secrets: for the commands of `npm run rappel`.
    databaseUrl: env.DATABASE_URL,
    secretKeys: env.RAPPEL_SECRET_KEYS,
  };
  makePrivate(state);
  rmSync(note, { force: true });
  writeFileSync(note, `${JSON.stringify(places)}\n`, { mode: 0o600 });
  writeFileSync(addressFile, `${places.url}\n`);
}

/** The settings by which commands reach the installation that runs in this clone; undefined: none does. */
export function runningSettings() {
  const noted = readNote();
  if (noted?.databaseUrl === undefined) return undefined;
  const { databaseUrl, secretKeys = '' } = noted;
  return { DATABASE_URL: databaseUrl, RAPPEL_SECRET_KEYS: process.env.RAPPEL_SECRET_KEYS || secretKeys };
}

export function forgetInstallation() {
  rmSync(note, { force: true });
}

/** The settings win over the note, the note over the defaults; `key` is undefined where there is none to be found. */
export function findInstallation(env) {
  const noted = readNote();
  const isElsewhere = Boolean(env.RAPPEL_URL);
  const url = env.RAPPEL_URL || noted?.url || `http://127.0.0.1:${env.PORT || 3_000}`;
  const inboxUrl = env.RAPPEL_INBOX_URL || noted?.inboxUrl;
  const mayUseDevKey = isElsewhere || noted === undefined || noted.hasDevKey;
  return {
    url: url.replace(/\/+$/, ''),
    inboxUrl: (inboxUrl ?? (noted === undefined ? `http://127.0.0.1:${env.INBOX_PORT || 3_025}` : null)) || null,
    key: env.RAPPEL_API_KEY || (mayUseDevKey ? readText(devKeyFile)?.trim() : undefined) || undefined,
  };
}

function localName(host) {
  return host === undefined || host === '' || host === '0.0.0.0' ? '127.0.0.1' : host;
}

function readNote() {
  try {
    return JSON.parse(readText(note) ?? 'null') ?? undefined;
  } catch {
    // Cut short by a crash while it was written.
    return undefined;
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
