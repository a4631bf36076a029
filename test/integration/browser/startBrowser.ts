// A real Chromium, headless, from npm alone: the package brings the browser and the libraries that a bare Debian lacks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export interface TestBrowser {
  /** A page in a profile of its own; what its console says of errors is in `errors`. */
  open(
    url: string,
    options?: BrowserContextOptions,
  ): Promise<{ readonly page: Page; readonly errors: readonly string[] }>;
  close(): Promise<void>;
}

/** It takes any environment but that of a certain cloud to have its libraries; where these are there, they do no harm. */
const UNPACKS_LIBRARIES = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };

export async function startBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rappel-browser-'));
  const { executablePath, libraries } = await unpack(folder);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-zygote'],
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  return {
    open: async (url, options = {}) => {
      const page = await (await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options })).newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        // Answers that the pages show in words are no errors of theirs.
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
      });
      await page.goto(url);
      return { page, errors };
    },
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Into the folder; the environment, which says where to and whether with libraries, is put back. */
async function unpack(folder: string): Promise<{ readonly executablePath: string; readonly libraries: string }> {
  const wanted: Readonly<Record<string, string>> = { ...UNPACKS_LIBRARIES, TMPDIR: folder };
  const names = [...Object.keys(wanted), 'LD_LIBRARY_PATH'];
  const before = names.map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, wanted);
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    const executablePath = await packaged.executablePath();
    return { executablePath, libraries: process.env.LD_LIBRARY_PATH ?? '' };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
