/**
 * README's first five minutes, as somebody does them who pastes its lines in one go: on a fresh installation the mail is in
 * the inbox in the end, and with a clock that is behind, explain says why not. The lines are taken from README.md.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, eventually, type Installation, startInstallation, wipeInstallation } from './installation.js';

const TIMES = 10;

jest.setTimeout(400_000);

let running: Installation;
let campaign: string;
let lines: string;

/** The fenced blocks of the language in the section. */
function blocksOf(section: string, language: string): readonly string[] {
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);
}

beforeAll(async () => {
  const readme = await readFile(path.join(cloneFolder(), 'README.md'), 'utf8');
  const section = /^## The first campaign, in five minutes\n(.*?)^## /ms.exec(readme)?.[1] ?? '';
  const [yaml, ...otherYaml] = blocksOf(section, 'yaml');
  expect([yaml, otherYaml]).toEqual([expect.stringContaining('Cart reminder'), []]);
  campaign = yaml ?? '';
  wipeInstallation();
  running = await startInstallation();
  lines = blocksOf(section, 'sh').join('');
  expect(lines).toMatch(/\/launch.*\/users\/track.*\/explain/s);
});

afterAll(() => running?.kill());

/** In the folder of the installation, by one shell; the campaign and its person by names of their own where there is a number. */
async function paste(number: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const named = (text: string) =>
    text
      .replaceAll('Cart reminder', `Cart reminder${number}`)
      .replaceAll('cart-reminder', `cart-reminder${number}`)
      .replaceAll('add_to_cart', `add_to_cart${number}`)
      .replaceAll('zoe', `zoe${number}`);
  await writeFile(path.join(cloneFolder(), 'cart.yaml'), named(campaign));
  const shell = promisify(execFile)('bash', ['-es'], {
    cwd: cloneFolder(),
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  shell.child.stdin?.end(named(lines));
  return (await shell).stdout;
}

test(`H1: README's lines, pasted in one go, end with the mail in the inbox, ${TIMES} of ${TIMES}`, async () => {
  // The first as they stand; the others by other names, as their people and campaigns would be there already.
  const numbers = Array.from({ length: TIMES }, (_, index) => (index === 0 ? '' : String(index + 1)));
  for (const number of numbers) expect(await paste(number)).toContain('"will_receive"');
  const due = new Set(numbers.map((number) => `zoe${number}@example.com`));
  const received = await eventually(
    `${TIMES} mails`,
    async () => {
      const addresses = (await running.mails()).flatMap(({ to }) => to).filter((address) => due.has(address));
      return new Set(addresses).size === TIMES ? addresses : undefined;
    },
    180_000,
  );
  expect(received).toHaveLength(TIMES);
});

test('H1: with a clock 2 s behind, explain says by how much the event lies before the launch, and what to do', async () => {
  const bin = await mkdtemp(path.join(tmpdir(), 'rappel-clock-'));
  try {
    const date = path.join(bin, 'date');
    await writeFile(date, `#!/bin/sh\nPATH="\${PATH#*:}" exec date -d '2 seconds ago' "$@"\n`);
    await chmod(date, 0o755);
    const answer = await paste('-behind', { PATH: `${bin}:${process.env.PATH}` });
    expect(answer).toContain('"before_launch"');
    const { sentence } = await running.explain('cart-reminder-behind', 'zoe-behind');
    const [, seconds] =
      /some time within that second\), ([\d.]+) seconds before the campaign was active .* though it arrived after that/.exec(
        sentence,
      ) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(1);
    expect(Number(seconds)).toBeLessThanOrEqual(3);
    expect(sentence).toMatch(/If the clock of its sender is behind, set it \(NTP\) and send the event again/);
  } finally {
    await rm(bin, { recursive: true });
  }
});
