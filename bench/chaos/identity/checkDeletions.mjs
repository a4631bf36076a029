// Of people who were deleted: nothing that was said of them is anywhere, and nothing was claimed for them after the answer. Of those
// who are kept, what was said of them is there.
import { readJournal } from '../journal.mjs';
import { asking, CLAIMS } from './witness.mjs';

const ENDS = `
  select coalesce(reason, state) as how, count(*) as n from pairings where user_id = any($1::bigint[]) group by 1
`;
const LEFT = `select external_id from users where external_id = any($1::text[])`;
/** Where what is said of people is, in any case: they are looked through, and have something. */
const TABLES = ['users', 'user_aliases', 'events', 'event_totals', 'pairings', 'rejections', 'messages'];

/** `plan` as `planDeletions` made it, `numbers` of ours by external id, `looked` as `lookEverywhere` returned it. */
export async function checkDeletions({ stack, plan, answers, numbers, looked }) {
  const people = new Map(plan.people.map((person) => [person.key, person]));
  const ids = plan.people.map(({ externalId }) => externalId);
  const left = new Set((await asking(stack, (rows) => rows(LEFT, [ids]))).map(({ external_id }) => external_id));
  const isThere = ({ externalId }) => left.has(externalId);
  const gone = plan.people.filter((person) => person.isDeleted || (person.goesWith !== null && !isThere(person)));
  const kept = plan.people.filter(({ isDeleted, group }) => !isDeleted && group !== 'merged');
  const whole = plan.people.filter((person) => !person.isDeleted && person.goesWith !== null && isThere(person));

  const isGone = new Set(gone.map(({ key }) => key));
  const strings = [...plan.places].filter(([text, { person }]) => isGone.has(person) && looked.found.has(text));
  const isKept = new Set([...kept, ...whole].map(({ key }) => key));
  const missing = [...plan.places].filter(([text, { person }]) => isKept.has(person) && !looked.found.has(text));
  const there = gone.filter(isThere);

  const calls = await checkClaims({ stack, gone, people, answers, numbers });
  const places = new Set([...looked.found.values()].flatMap((each) => [...each]));
  const unseen = TABLES.filter((table) => ![...places].some((place) => place.startsWith(`table rappel.${table}`)));
  const leaks = [...places].filter((place) => !place.startsWith('table '));
  const tell = ([text, { person, field }]) =>
    `${field} of ${person} (${people.get(person).group}) is in ${[...(looked.found.get(text) ?? ['no place'])].join(', ')}`;
  return {
    title: 'people deleted under faults',
    figures: {
      delete_people: gone.length,
      delete_strings: [...plan.places.values()].filter(({ person }) => isGone.has(person)).length,
      delete_strings_found: strings.length,
      delete_leaks_of_anybody: leaks.length,
      delete_kept_people: isKept.size,
      delete_kept_strings_missing: missing.length,
      ...calls.figures,
    },
    problems: [
      ...strings.map((each) => `deleted, and found: ${tell(each)}`),
      ...missing.map((each) => `kept, and not found: ${tell(each)}`),
      ...there.map(({ key }) => `${key} was deleted and is there`),
      ...leaks.map((place) => `what was said of somebody is in ${place}`),
      ...unseen.map((table) => `nothing that was said of anybody is in ${table}: it cannot have been looked through`),
      ...calls.problems,
    ],
  };
}

/** From the answer on, whoever posted the deletion may rely on it. */
async function checkClaims({ stack, gone, people, answers, numbers }) {
  const answeredAt = new Map(
    gone.map(({ key, isDeleted, goesWith, externalId }) => [
      numbers.get(externalId),
      answers.get(`delete-${isDeleted ? key : goesWith}`)?.at ?? Number.POSITIVE_INFINITY,
    ]),
  );
  const { claims, ends } = await asking(stack, async (rows) => ({
    claims: await rows(CLAIMS),
    ends: new Map((await rows(ENDS, [[...answeredAt.keys()]])).map(({ how, n }) => [how, Number(n)])),
  }));
  const after = claims.filter(({ user_id, at }) => at > answeredAt.get(user_id));
  const keys = new Map(claims.filter(({ user_id }) => answeredAt.has(user_id)).map((claim) => [claim.send_key, claim]));
  const calls = readJournal(stack.provider.file).filter(({ key, at }) => {
    const claim = keys.get(/^<([^@>]+)@/.exec(key)?.[1] ?? key);
    return claim !== undefined && at > answeredAt.get(claim.user_id);
  });
  const of = (...hows) => hows.reduce((sum, how) => sum + (ends.get(how) ?? 0), 0);
  const open = of('waiting', 'sending', 'parked');
  return {
    figures: {
      delete_claims: keys.size,
      delete_claims_after_answer: after.length,
      delete_calls_after_answer: calls.length,
      delete_cancelled: of('user_deleted'),
      delete_sent: of('sent'),
      delete_in_doubt: of('no_answer'),
      delete_left_open: open,
    },
    problems: [
      ...after.map(({ user_id, send_key, at }) => {
        const late = Math.round(at - answeredAt.get(user_id));
        return `${send_key} was claimed for ${user_id} ${late} ms after the answer`;
      }),
      ...(open > 0 ? [`${open} messages to people who were deleted have not ended`] : []),
      ...(people.size > 0 && of('user_deleted') === 0 ? ['nothing that somebody waited for was cancelled'] : []),
    ],
  };
}
