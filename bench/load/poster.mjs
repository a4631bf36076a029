// A backend: posts events to `/users/track`, 75 a request as the documentation advises, from a process of its own.
import { Agent, request } from 'undici';
import { serveCalls } from '../stack/child.mjs';

const EVENTS_A_REQUEST = 75;

await serveCalls(async ({ url, key }) => {
  const agent = new Agent({ connections: 64, pipelining: 1 });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

  async function post(body) {
    const answer = await request(`${url}/users/track`, { method: 'POST', dispatcher: agent, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`/users/track answered ${answer.statusCode}: ${text}`);
    const { errors } = JSON.parse(text);
    if (errors !== undefined) throw new Error(`/users/track refused ${JSON.stringify(errors[0])}`);
  }

  /** Bodies made before the clock starts, then posted on so many connections. */
  async function postAll(bodies, connections) {
    const startedAt = performance.now();
    let next = 0;
    const lanes = Array.from({ length: connections }, async () => {
      while (next < bodies.length) {
        const body = bodies[next];
        next += 1;
        await post(body);
      }
    });
    await Promise.all(lanes);
    return performance.now() - startedAt;
  }

  function batches(objects, field) {
    const bodies = [];
    for (let from = 0; from < objects.length; from += EVENTS_A_REQUEST) {
      bodies.push(JSON.stringify({ [field]: objects.slice(from, from + EVENTS_A_REQUEST) }));
    }
    return bodies;
  }

  return {
    people: ({ names, connections = 4 }) =>
      postAll(
        batches(
          names.map((name) => ({ external_id: name, email: name.includes('@') ? name : `${name}@people.example` })),
          'attributes',
        ),
        connections,
      ),
    /** One event a person, all of one name. Returns when the first request was begun (epoch ms) and how long it took. */
    async trigger({ names, event, connections = 4, time }) {
      const at = Date.now();
      const stamp = new Date(time ?? at).toISOString();
      const events = names.map((external_id) => ({ external_id, name: event, time: stamp }));
      const ms = await postAll(batches(events, 'events'), connections);
      return { at, ms };
    },
    /** A mix of events of people drawn at random, `matching` of which are named `event`; milliseconds and how many. */
    async stream({ requests, people, event, matching, connections }) {
      let made = 0;
      const bodies = Array.from({ length: requests }, () => {
        const time = new Date().toISOString();
        const events = Array.from({ length: EVENTS_A_REQUEST }, () => {
          made += 1;
          const name = made % matching === 0 ? event : `visited_${made % 20}`;
          const external_id = `p${Math.floor(Math.random() * people)}`;
          return { external_id, name, time, properties: { page: `/item/${made % 1_000}`, position: made % 50 } };
        });
        return JSON.stringify({ events });
      });
      return { ms: await postAll(bodies, connections), events: requests * EVENTS_A_REQUEST };
    },
    one: async ({ name, event, purchase = false }) => {
      const time = new Date().toISOString();
      const body = purchase
        ? { purchases: [{ external_id: name, product_id: event, currency: 'EUR', price: 1, time }] }
        : { events: [{ external_id: name, name: event, time }] };
      const text = JSON.stringify(body);
      const startedAt = performance.now();
      const at = Date.now();
      await post(text);
      return { at, ms: performance.now() - startedAt };
    },
  };
});
