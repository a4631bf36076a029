// Addresses are stored as written and compared without letter case (e-mail) and separators (phone).
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const statesOf = async (key: string) =>
  (
    await r.api.database.pool.query<{ email: string; email_subscription: string }>(
      'select email, email_subscription from users where lower(email) = $1 order by id',
      [key.toLowerCase()],
    )
  ).rows;

describe('B4: one address, one person', () => {
  it('B4: unsubscribing by e-mail in other letter case changes the person who has it', async () => {
    const name = someone();
    const email = `${name}.Smith@Example.COM`;
    await r.track({ attributes: [{ external_id: name, email }] });
    const spelling = `${name.toUpperCase()}.smith@example.com`;
    await r.track({ attributes: [{ email: spelling, email_subscribe: 'unsubscribed' }] });
    expect(await statesOf(email)).toEqual([{ email, email_subscription: 'unsubscribed' }]);
  });

  it('B4: one request that writes an unknown address in two ways creates one person', async () => {
    const email = `${someone()}@example.com`;
    await r.track({
      events: [
        { email, name: 'seen', time: r.iso() },
        { email: email.toUpperCase(), name: 'seen', time: r.iso() },
      ],
    });
    expect(await statesOf(email)).toHaveLength(1);
    expect(
      await r.count("events e join users u on u.id = e.user_id where u.email = $1 and e.kind = 'custom'", [email]),
    ).toBe(2);
  });

  it('B4: letters beyond A to Z are compared as they are', async () => {
    const name = someone();
    await r.track({ events: [{ email: `é${name}@example.com`, name: 'seen', time: r.iso() }] });
    await r.track({ events: [{ email: `É${name}@example.com`, name: 'seen', time: r.iso() }] });
    expect(await r.count('users where email like $1', [`%${name}@example.com`])).toBe(2);
  });

  it('B4: a phone number is the same person with other separators, another without its +', async () => {
    const digits = String(Date.now());
    const spelt = `+${digits.slice(0, 2)} (${digits.slice(2, 5)}) ${digits.slice(5, 8)}-${digits.slice(8)}`;
    await r.track({ events: [{ phone: spelt, name: 'rang', time: r.iso() }] });
    await r.track({ events: [{ phone: `+${digits}`, name: 'rang', time: r.iso() }] });
    const { rows } = await r.api.database.pool.query('select phone from users where phone = any($1)', [
      [spelt, `+${digits}`],
    ]);
    expect(rows).toEqual([{ phone: spelt }]);
    await r.track({ events: [{ phone: digits, name: 'rang', time: r.iso() }] });
    expect(await r.count('users where phone = $1', [digits])).toBe(1);
  });

  it('B4: look-ups and subscription groups find the person by either spelling', async () => {
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: `${user}@Example.com`, phone: `+1 ${Date.now()}-1` }] });
    const email = `${user.toUpperCase()}@example.COM`;
    expect((await r.send('post', '/v1/search', { q: email })).body.people).toMatchObject([{ user }]);
    const group = { subscription_group_id: 'case', subscription_state: 'subscribed' };
    expect((await r.send('post', '/subscription/status/set', { ...group, email })).body).toEqual({
      message: 'success',
    });
    expect((await r.send('get', `/v1/users/${user}`)).body.subscriptionGroups).toEqual({ case: 'subscribed' });
  });

  it('B4: a change of letter case alone is no added address, and a change of the attribute', async () => {
    const added = await r.launch({ trigger: { emailAdded: true } });
    const changed = await r.launch({ trigger: { attributeChanged: 'email' } });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: `${user}@example.com` }] });
    await r.track({ attributes: [{ external_id: user, email: `${user}@Example.com` }] });
    expect(await r.pairings(added, user)).toHaveLength(1);
    expect(await r.pairings(changed, user)).toHaveLength(2);
  });
});
