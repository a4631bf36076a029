// `npm run demo -- --smoke`: whether API and inbox show exactly the three outcomes, in figures.
import { setTimeout as wait } from 'node:timers/promises';

/** Long enough for a second copy that should not exist to arrive. */
const SECOND_COPY_MS = 2_000;

/** Returns the figures and, in words, each one that is not as it must be. */
export async function checkOutcomes(client, { people, explanations, startedAt }) {
  await wait(SECOND_COPY_MS);
  const figures = {};
  const problems = [];
  const expect = (name, actual, expected) => {
    figures[name] = actual;
    if (actual !== expected) problems.push(`${name} is ${actual} instead of ${expected}`);
  };
  for (const person of people) {
    const { status, reason } = explanations.get(person);
    const isAsExpected = status === person.expected.status && reason === person.expected.reason;
    const label = person.expected.reason === 'sent' ? 'received' : person.expected.reason;
    expect(`explained_${label}`, isAsExpected ? 1 : 0, 1);
    if (!isAsExpected) problems.push(`${person.name} is ${status}/${reason}`);
  }
  const [reminded, ...others] = people;
  expect('mails_to_reminded', (await client.mailsTo(reminded.email)).length, 1);
  let toOthers = 0;
  for (const { email } of others) toOthers += (await client.mailsTo(email)).length;
  expect('mails_to_others', toOthers, 0);
  figures.seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  return { figures, problems };
}
