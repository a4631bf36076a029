// The pages of an embedded installation in a real browser: opened by the link that `npm start` prints, and not without.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../api/app.js';
import { createPageSession, type PageSession } from '../../../api/middleware/ownPage.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';
import { startBrowser, type TestBrowser } from './startBrowser.js';

jest.setTimeout(120_000);

let r: Recording;
let browser: TestBrowser;
const servers: Server[] = [];

beforeAll(async () => {
  r = await startRecording();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await r.api.close();
});

/** Serves on a port of its own; `session` is of that start. */
async function serve(
  port = 0,
): Promise<{ readonly home: string; readonly session: PageSession; stop(): Promise<unknown> }> {
  const { rows } = await r.api.database.pool.query<{ id: number }>('select id from api_keys order by id limit 1');
  const session = createPageSession(port);
  const app = createApp({ ...r.api.deps, devAccess: { apiKeyId: rows[0]?.id ?? 0, session } });
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    home: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    session,
    stop: async () => {
      servers.splice(servers.indexOf(server), 1);
      server.closeAllConnections();
      return await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('M5: the link opens the pages, and does not stay in the address; they read and change without a key', async () => {
  const trigger = someone();
  const campaign = await r.launch({ trigger: { customEvent: trigger }, delay: { after: '1 day' } });
  const { home, session } = await serve();
  const { page, errors } = await browser.open(`${home}/?token=${session.token}`);
  await page.locator(`#campaigns tr[data-key="${campaign}"] a`).click();
  expect(await page.evaluate('document.referrer')).not.toContain('token');
  await page.getByRole('button', { name: 'stop', exact: true }).click();
  await page.getByRole('button', { name: 'Yes, stop' }).click();
  await page.getByText('It is stopped now.').waitFor();
  await page.goBack();
  await page.waitForSelector('#campaigns tr');
  expect(page.url()).toBe(`${home}/`);
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(errors).toEqual([]);
});

test('M5: a browser without the cookie is told what to open, and a link on another site leads in nevertheless', async () => {
  const { home, session } = await serve();
  const { page } = await browser.open(home);
  await page.getByText('Open the link that npm start printed').waitFor();
  expect(await page.locator('#campaigns').count()).toBe(0);
  await page.goto(`${home}/?token=${session.token}`);
  await page.waitForSelector('#campaigns tr');
  // "localhost" is another site than 127.0.0.1: the browser keeps the cookie back once.
  const other = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(`<a href="${home}/">there</a>`),
  );
  servers.push(other);
  await new Promise<void>((resolve) => other.listen(0, 'localhost', resolve));
  await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
  await page.getByRole('link', { name: 'there' }).click();
  await page.getByRole('link', { name: 'open this page' }).click();
  await page.waitForSelector('#campaigns tr');
});

test('M5: a page that was open over a restart says to open the new link', async () => {
  const first = await serve();
  const { page } = await browser.open(`${first.home}/?token=${first.session.token}`);
  await page.waitForSelector('#campaigns tr');
  await first.stop();
  await serve(Number(new URL(first.home).port));
  await page.getByText('Open the link that npm start printed').waitFor();
  expect(await page.locator('#access-key').count()).toBe(0);
});

test('M5: a form on another port of this machine cannot use the cookie', async () => {
  const { home, session } = await serve();
  const { page } = await browser.open(`${home}/?token=${session.token}`);
  await page.waitForSelector('#campaigns tr');
  const form = `<form method="post" action="${home}/v1/campaigns/validate"><button>Go</button></form>`;
  const other = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(form));
  servers.push(other);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/validate')),
    page.getByRole('button', { name: 'Go' }).click(),
  ]);
  expect((await answer.request().allHeaders()).cookie).toContain(session.cookieName);
  expect(answer.status()).toBe(403);
});
