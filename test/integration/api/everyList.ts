// Something of everything that is listed, named as the requests of the reference name it, so that each of these finds it.
import { addToCatalogue } from '../../../storage/queries/catalogue/catalogue.js';
import { HOUR, type Recording } from '../../setup/recording.js';

const ALIAS = { alias_label: 'crm', alias_name: 'c-7' };
const PEOPLE = ['zoe', 'ann', 'bob', 'cleo', 'dan', 'eve'];

const CAMPAIGN = {
  key: 'cart-reminder',
  name: 'Cart reminder',
  trigger: { customEvent: 'cart' },
  delay: { after: '1 hour' },
  exceptions: [{ purchase: 'any' }],
  messages: [{ channel: 'email', subject: 's', text: 't' }],
};

/** Everybody, in two versions. */
const SEGMENT = { name: 'VIPs', tags: ['loyalty'], audience: { none: [{ attribute: 'country', equals: 'XX' }] } };

/** At least two of each: locations, secrets, segments with versions and sizes, campaigns, events of a person, names and properties that were seen, people who wait, outcomes and parked messages. */
export async function fillEveryList(r: Recording): Promise<void> {
  for (const key of ['other-shop', 'lyon-shop']) {
    await r.send('post', '/v1/locations', { key, name: 'Shop', latitude: 45, longitude: 4, radius: 500 });
  }
  for (const name of ['crm-token', 'other-token']) {
    await r.send('put', `/v1/secrets/${name}`, { value: 'Bearer a-token' });
  }
  for (const key of ['others', 'vips']) await r.send('post', '/v1/segments', { key, ...SEGMENT });
  await r.send('put', '/v1/segments/vips', { ...SEGMENT, trackSize: true });
  await r.api.database.pool.query(
    `insert into segment_sizes (segment_id, day, people, about)
     select id, day, 1, false from segments cross join generate_series(date '2026-11-01', '2026-11-02', '1 day') as day`,
  );
  // The first person there is has the id 1.
  await r.track({ attributes: [{ user_alias: ALIAS, _update_existing_only: false, country: 'FR' }] });
  await r.launch({ trigger: { customEvent: 'other' } });
  await r.send('post', '/v1/campaigns', CAMPAIGN);
  await r.send('post', `/v1/campaigns/${CAMPAIGN.key}/launch`);
  for (const user of PEOPLE) await r.event(user, 'cart');
  for (let n = 0; n < 2; n++) await r.track({ events: [{ user_alias: ALIAS, name: 'cart' }] });
  const seen = { types: [], samples: [], count: 1, firstAt: r.api.clock.now, lastAt: r.api.clock.now };
  const kinds = ['event', 'attribute', 'product'] as const;
  const rows = kinds.flatMap((kind) => ['one', 'other'].map((name) => ({ kind, name, property: '', ...seen })));
  const properties = ['one', 'other'].map(
    (property) => ({ kind: 'event', name: 'add_to_cart', property, ...seen }) as const,
  );
  await addToCatalogue(r.api.database.pool, [...rows, ...properties]);
  r.api.clock.now += HOUR / 2;
  for (const user of PEOPLE.slice(0, 2)) await r.purchase(user);
  await r.api.database.pool.query(
    `update pairings set state = 'parked', parked_at = $1
     where id in (select id from pairings where state = 'waiting' order by id limit 2)`,
    [r.iso()],
  );
}
