// `npm run reset`: wipes the data of the embedded parts of this clone, and nothing else. Refuses while they run.
import './requireNode.mjs';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from './lock.mjs';
import { complain, say } from './output.mjs';
import { sharedState, state } from './paths.mjs';
import { stopServingLeftovers } from './serve.mjs';
import { stopEmbeddedLeftovers } from './services/embedded.mjs';

const lock = takeLock('start');
if (lock.release === undefined) {
  complain(`Rappel is running in this clone (process ${lock.holder}): stop it before npm run reset`);
  process.exit(1);
}
await stopServingLeftovers();
await stopEmbeddedLeftovers();
const entries = readdirSync(state).filter((name) => !name.endsWith('.lock'));
const wiped = [...entries.map((name) => path.join(state, name)), sharedState].filter((place) => existsSync(place));
for (const place of wiped) rmSync(place, { recursive: true, force: true });
lock.release();
say(
  wiped.length === 0
    ? 'There was nothing to wipe'
    : `Wiped ${wiped.join(', ')}: people, campaigns, waiting messages, keys`,
);
