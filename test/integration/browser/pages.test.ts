// The pages as an operator meets them: a real browser, a real API, a real database.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { type Recording, someone, startRecording } from '../../setup/recording.js';
import { startBrowser, type TestBrowser } from './startBrowser.js';

jest.setTimeout(120_000);

let r: Recording;
let server: Server;
let browser: TestBrowser;
let home: string;
let key: string;

beforeAll(async () => {
  r = await startRecording();
  server = createServer(r.api.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  key = (await r.api.bearer()).replace('Bearer ', '');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await r.api.close();
});

/** A page opened with the key that opens everything. */
async function open(path: string, width = 1_280) {
  const opened = await browser.open(home + path, { viewport: { width, height: 900 } });
  await opened.page.fill('#access-key', key);
  await opened.page.click('#access-form button');
  await opened.page.waitForSelector('#access', { state: 'hidden' });
  return opened;
}

const waiting = { delay: { after: '1 day' }, exceptions: [{ purchase: 'any' }] };

async function campaignOf(trigger: string, people: number) {
  const campaign = await r.launch({ trigger: { customEvent: trigger }, ...waiting });
  const users = Array.from({ length: people }, someone);
  for (let from = 0; from < people; from += 75) {
    await r.track({ events: users.slice(from, from + 75).map((user) => ({ external_id: user, name: trigger })) });
  }
  return { campaign, users };
}

const row = (page: Page, campaign: string) => page.locator(`#campaigns tr[data-key="${campaign}"]`);

test('H5: the home page follows what happens, and leaves focus, selection and unchanged rows as they are', async () => {
  const { campaign, users } = await campaignOf('h5', 2);
  const other = await campaignOf('h5-other', 1);
  const { page, errors } = await open('/');
  const link = row(page, campaign).locator('a');
  await link.focus();
  const kept = `document.querySelector('#campaigns tr[data-key="${other.campaign}"]')`;
  await page.evaluate(`getSelection().selectAllChildren(${kept}.querySelector('small')); window.kept = ${kept};`);
  await r.purchase(users[0] ?? '');
  await row(page, campaign).getByText('1 cancelled: exception').waitFor();
  // A new campaign comes in above them, too.
  const newest = await r.launch({ trigger: { customEvent: 'h5-newest' } });
  await row(page, newest).waitFor();
  expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe(`/campaigns/${campaign}`);
  expect(await page.evaluate('getSelection().toString()')).toBe(other.campaign);
  expect(await page.evaluate(`${kept} === window.kept`)).toBe(true);
  expect(await row(page, campaign).locator('td').allTextContents()).toEqual([
    expect.stringContaining(campaign),
    'active',
    '2',
    '1',
    '0',
    '1 cancelled: exception',
  ]);
  expect(errors).toEqual([]);
});

test('M19: lists say when there are more, and show them', async () => {
  const { campaign, users } = await campaignOf('m19', 60);
  for (const user of users.slice(0, 25)) await r.purchase(user);
  const { page } = await open('/');
  const outcomes = page.locator('#outcomes li');
  const more = page.locator('#outcomes-more');
  await more.waitFor();
  expect(await more.textContent()).toBe('Show more than these 20');
  expect(await outcomes.count()).toBe(20);
  await more.click();
  await page.locator('#outcomes li').nth(25).waitFor();

  await campaignOf('m19-waiting', 60);
  const { campaign: crowded } = await campaignOf('m19-crowded', 60);
  const opened = await open(`/campaigns/${crowded}`);
  await opened.page.locator('#waiting-more').waitFor();
  expect(await opened.page.locator('#waiting tr').count()).toBe(50);
  await opened.page.click('#waiting-more');
  await opened.page.locator('#waiting tr').nth(59).waitFor();
  expect(await opened.page.locator('#waiting tr').count()).toBe(60);
  expect(await opened.page.locator('#waiting-more').isHidden()).toBe(true);
  expect(campaign).not.toBe(crowded);
});

test.each(['/', '/campaigns/none', '/people/1'])(
  'M20: %s says that a key is wrong, and not that there is nothing',
  async (path) => {
    const { page } = await browser.open(home + path);
    await page.fill('#access-key', 'rpl_wrongkey_nothing');
    await page.click('#access-form button');
    await page.getByText('Invalid API key').waitFor();
    expect(await page.locator('#access').isVisible()).toBe(true);
    const shown = await page.locator('main').innerText();
    expect(shown).not.toMatch(/None yet|Nothing has ended|Nobody waits|Nothing is parked|Nothing yet|no campaign yet/);
  },
);

test('M20: an empty workspace says that there is nothing yet; an API that is away is said to be', async () => {
  const empty = await startRecording();
  const own = createServer(empty.api.app);
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  const { page } = await browser.open(`http://127.0.0.1:${(own.address() as AddressInfo).port}/`);
  await page.fill('#access-key', (await empty.api.bearer()).replace('Bearer ', ''));
  await page.click('#access-form button');
  await page.getByText('None yet: launch one below.').waitFor();
  await page.getByText('Nothing has ended yet.').waitFor();
  own.closeAllConnections();
  await new Promise((resolve) => own.close(resolve));
  await page.getByText('Rappel does not answer. Is it running?').waitFor();
  await empty.api.close();
});

test('H2: to launch a campaign of a key that is live asks first, and replaces it at the second button only', async () => {
  const { campaign } = await campaignOf('h2', 3);
  const { page } = await open('/');
  const text = (subject: string) =>
    `key: ${campaign}\nname: Replaced\ntrigger: { customEvent: h2 }\ndelay: { after: 2 days }\n` +
    `messages: [{ channel: email, subject: "${subject}", text: "Hello" }]`;
  await page.fill('#try-definition', text('New'));
  await page.click('#try-form button:not([type="button"])');
  await page.getByText(`There is a campaign '${campaign}' already: active, version 1, 3 wait.`).waitFor();
  expect((await r.send('get', `/v1/campaigns/${campaign}`)).body.version).toBe(1);
  await page.getByRole('button', { name: `Replace “${campaign}”` }).click();
  await page.getByText('“Replaced” is active, version 2.').waitFor();
});

test('H3: a campaign is stopped after its preview, with how many get nothing and that nobody comes back', async () => {
  const { campaign } = await campaignOf('h3', 3);
  const { page, errors } = await open(`/campaigns/${campaign}`);
  await page.locator('#funnel tr', { hasText: 'wait now' }).getByText('3').waitFor();
  await page.getByRole('button', { name: 'stop', exact: true }).click();
  await page.getByText('3 waiting will get nothing, and do not come back.').waitFor();
  expect((await r.send('get', `/v1/campaigns/${campaign}`)).body.state).toBe('active');
  await page.getByRole('button', { name: 'Yes, stop' }).click();
  await page.getByText(/3 who waited get nothing and do not come back/).waitFor();
  await page.locator('#funnel tr', { hasText: 'campaign stopped' }).getByText('3').waitFor();
  expect(errors).toEqual([]);
});

test.each(['/', '/docs', 'campaign', 'person'])(
  'at 390 px %s has no horizontal scroll, and its tables can be scrolled by keyboard',
  async (which) => {
    const { campaign, users } = await campaignOf(`narrow${which}`, 1);
    const { body } = await r.send('get', `/v1/users/${users[0]}`);
    const path = which === 'campaign' ? `/campaigns/${campaign}` : which === 'person' ? `/people/${body.id}` : which;
    const { page, errors } =
      which === '/docs'
        ? await browser.open(home + path, { viewport: { width: 390, height: 800 } })
        : await open(path, 390);
    await page.waitForTimeout(500);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const regions = await page
      .locator('.scroll')
      .evaluateAll((all) =>
        all.map((region) => [
          region.getAttribute('tabindex'),
          region.getAttribute('role'),
          region.hasAttribute('aria-labelledby'),
        ]),
      );
    expect(regions.length).toBe({ '/': 1, campaign: 3 }[which] ?? 0);
    for (const region of regions) expect(region).toEqual(['0', 'region', true]);
    expect(errors).toEqual([]);
  },
);

test('an outcome leads to the campaign, the person and their why', async () => {
  const { campaign, users } = await campaignOf('why', 1);
  await r.purchase(users[0] ?? '');
  const { page, errors } = await open('/');
  const outcome = page.locator('#outcomes li', { hasText: users[0] ?? '' });
  expect(await outcome.locator('a').first().getAttribute('href')).toBe(`/campaigns/${campaign}`);
  await outcome.getByRole('link', { name: 'why' }).click();
  await page.waitForURL(/\/people\/\d+\?campaign=/);
  await page.getByText(`${users[0]} bought sku`).waitFor();
  expect(errors).toEqual([]);
});

test('M17: a link to an operation or a schema opens it, also from the page itself', async () => {
  const { page, errors } = await browser.open(`${home}/docs#getVCampaignsKeyFunnel`);
  const isOpen = async (id: string) => (await page.locator(`#${id}`).getAttribute('open')) !== null;
  expect(await isOpen('getVCampaignsKeyFunnel')).toBe(true);
  expect(await isOpen('postUsersTrack')).toBe(false);
  await page.evaluate("location.hash = '#schema-Funnel'");
  await page.locator('#schema-Funnel[open]').waitFor();
  expect(errors).toEqual([]);
});

test('M17: a guide can be read at 390 px', async () => {
  const { page, errors } = await browser.open(`${home}/docs/campaigns`, { viewport: { width: 390, height: 800 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  expect(errors).toEqual([]);
});
