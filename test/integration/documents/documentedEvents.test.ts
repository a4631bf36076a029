// M17, H7: every example of docs/events.md is sent, in the order of the page, and answered as the page shows.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Recording, startRecording } from '../../setup/recording.js';

const page = readFileSync(path.join(__dirname, '../../../docs/events.md'), 'utf8');
const EXAMPLE = /^`POST (\S+)`\n\n```json\n([\s\S]*?)```\n\nAnswer (\d+)\n\n```json\n([\s\S]*?)```$/gm;
const examples = [...page.matchAll(EXAMPLE)].map(([, to = '', body = '', status = '', answer = '']) => ({
  to,
  body: JSON.parse(body) as Record<string, unknown>,
  status: Number(status),
  answer: JSON.parse(answer) as unknown,
}));

test.each(['README.md', 'docs/campaigns.md'])('M17: %s links the guide to events', (name) => {
  expect(readFileSync(path.join(__dirname, '../../..', name), 'utf8')).toMatch(/\]\((docs\/)?events\.md\)/);
});

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

test('M17, H7: every block of the guide to events is an example that is sent', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
  expect(examples.length * 2).toBe([...page.matchAll(/^```json$/gm)].length);
});

test('M17, H7: the examples are answered as the guide shows, and leave what it says', async () => {
  for (const { to, body, status, answer } of examples) {
    const given = await r.send('post', to, body);
    expect([given.status, given.body]).toEqual([status, answer]);
  }
  expect((await r.send('get', '/v1/users/ann')).body).toMatchObject({
    email: 'ann@example.com',
    timeZone: 'Europe/Paris',
    subscriptionGroups: { news: 'unsubscribed' },
    attributes: { first_name: 'Ann', country: 'FR', points: 5, sizes: ['m', 'l'] },
    totals: expect.arrayContaining([expect.objectContaining({ kind: 'purchase', name: 'sku-1', count: 3 })]),
  });
  expect((await r.send('get', '/v1/users/bob')).status).toBe(404);
  expect((await r.send('get', '/v1/users/nobody')).status).toBe(404);
});
