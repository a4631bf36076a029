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
  const before = { ...process.env };
  Object.assign(process.env, UNPACKS_LIBRARIES, { TMPDIR: folder });
  const { default: packaged } = await import('@sparticuz/chromium');
  const executablePath = await packaged.executablePath();
  const { LD_LIBRARY_PATH = '' } = process.env;
  process.env = before;
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-zygote'],
    env: { ...before, LD_LIBRARY_PATH },
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
