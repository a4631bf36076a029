// The few calls the run itself makes of the API, beside the load.
import { setTimeout as wait } from 'node:timers/promises';

const PEOPLE_A_REQUEST = 75;

export function createApi({ apiUrl, key }) {
  async function call(method, route, body) {
    const response = await fetch(`${apiUrl}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  }

  async function must(method, route, body) {
    const answer = await call(method, route, body);
    if (answer.status >= 300) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return {
    call,
    must,
    async launch(definition) {
      await must('POST', '/v1/campaigns', definition);
      await must('POST', `/v1/campaigns/${definition.key}/launch`);
    },
    async createPeople(people) {
      for (let first = 0; first < people.length; first += PEOPLE_A_REQUEST) {
        const batch = people.slice(first, first + PEOPLE_A_REQUEST);
        const attributes = batch.map((user) => ({ external_id: user, email: `${user}@people.example` }));
        // Again while the API is away: saying the same twice changes nothing.
        for (let left = 20; ; left--) {
          try {
            await must('POST', '/users/track', { attributes });
            break;
          } catch (error) {
            if (left === 0) throw error;
            await wait(500);
          }
        }
      }
    },
  };
}
