// `npm run rappel -- …`: the `rappel` command on the installation that runs in this clone, unless DATABASE_URL names another.
import './requireNode.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runningSettings } from './installation.mjs';
import { NODE_FLAGS } from './nodeFlags.mjs';
import { complain } from './output.mjs';
import { dist } from './paths.mjs';

const program = path.join(dist, 'cli/rappel.js');
const given = process.argv.slice(2);
const asksForHelp = given.length === 0 || given.some((word) => ['help', '--help', '-h'].includes(word));
const settings = process.env.DATABASE_URL ? {} : runningSettings();

if (!existsSync(program)) {
  complain('Rappel has not been built yet: run npm start once, or npm run build');
  process.exit(1);
}
if (settings === undefined && !asksForHelp) {
  complain('No Rappel runs in this clone: run npm start in another terminal, or set DATABASE_URL');
  process.exit(1);
}
const env = { ...process.env, ...settings };
const { status } = spawnSync(process.execPath, [...NODE_FLAGS, program, ...given], { env, stdio: 'inherit' });
process.exit(status ?? 1);
