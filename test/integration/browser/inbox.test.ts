// The local inbox in a real browser: mails come in by real SMTP while somebody reads.
import { createTransport } from 'nodemailer';
import { createInbox, type Inbox } from '../../../channels/inbox/inbox.js';
import { startBrowser, type TestBrowser } from './startBrowser.js';

jest.setTimeout(60_000);

let inbox: Inbox;
let browser: TestBrowser;
beforeAll(async () => {
  inbox = createInbox({ smtpPort: 0, httpPort: 0, directory: null });
  await inbox.start();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const send = (subject: string) =>
  createTransport(inbox.smtpUrl).sendMail({
    from: 'shop@example.com',
    to: 'zoe@example.com',
    subject,
    html: `<p>${subject}</p><script>document.title = 'run'</script>`,
  });

test('the inbox shows mails as they come, and leaves focus and selection where they are', async () => {
  const { page, errors } = await browser.open(inbox.url, {
    viewport: { width: 390, height: 800 },
    colorScheme: 'dark',
  });
  await page.getByText('No mail yet.').waitFor();
  await send('First');
  const first = page.getByRole('link', { name: 'First' });
  await first.waitFor();
  await first.focus();
  await page.evaluate("getSelection().selectAllChildren(document.querySelector('#list td:nth-child(2)'))");
  await send('Second');
  await page.getByRole('link', { name: 'Second' }).waitFor();
  expect(await page.locator('#list tbody a').allTextContents()).toEqual(['Second', 'First']);
  expect(await page.locator('#total').textContent()).toBe('2 mails kept.');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('First');
  expect(await page.evaluate('getSelection().toString()')).toBe('zoe@example.com');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(background).toBe('rgb(21, 26, 36)');
  expect(errors).toEqual([]);
  await first.click();
  await page.frameLocator('iframe').getByText('First').waitFor();
  expect(await page.title()).toBe('First');
});
