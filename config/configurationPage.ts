// docs/configuration.md, written from the table of settings so that the two cannot differ.
import { CONFIG_VARIABLES } from './config.js';

export function configurationPage(): string {
  const rows = CONFIG_VARIABLES.map(
    ({ name, default: value, allowed, meaning }) =>
      `| \`${name}\` | ${value === null ? '–' : `\`${value}\``} | ${cell(meaning)} | ${cell(allowed)} |`,
  );
  return `# Configuration

Rappel is configured by environment variables alone. \`npm start\` needs none of them: it sets what its embedded parts
need and leaves the rest at the defaults below. A wrong value stops the start with one line that says which and why.
This page is generated from \`config/variables.ts\` by \`npm run docs:configuration\`; a test keeps it true.

| variable | default | meaning | allowed |
| --- | --- | --- | --- |
${rows.join('\n')}

Only the launchers of a clone (\`npm start\`, \`npm test\`) read these:

| variable | default | meaning |
| --- | --- | --- |
| \`TEMPORAL_CLI_PATH\` | – | The \`temporal\` program to run as the embedded Temporal dev server. Otherwise: PATH, the cache folder, a download, a build with Go. |
| \`TEMPORAL_TEST_SERVER_PATH\` | – | The time-skipping test server for \`npm test\`. Otherwise: PATH, the cache folder, a download, Maven. |
| \`XDG_CACHE_HOME\` | \`~/.cache\` | Where \`rappel/\` keeps the programs it downloaded or built. |

With \`DATABASE_URL\` set, \`npm start\` makes no development key and no link that opens the pages, which then ask for a key:
create one with \`npm run rappel -- keys create --name backend --scopes track\`.
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
