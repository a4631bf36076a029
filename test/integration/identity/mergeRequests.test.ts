// ID-04: what a request to merge people must look like.
import { type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const pair = (from: object, into: object) => ({ identifier_to_merge: from, identifier_to_keep: into });
const id = (external_id: string) => ({ external_id });

describe('ID-04: a request that is not valid merges nobody', () => {
  const IDENTIFIERS = /^identifiers must be objects with an 'external_id' property that is a string, or 'user_alias'/;
  test.each([
    [{}, "'merge_updates' must be an array of objects"],
    [{ merge_updates: {} }, "'merge_updates' must be an array of objects"],
    [{ merge_updates: ['a'] }, "'merge_updates' must be an array of objects"],
    [
      { merge_updates: Array(51).fill(pair(id('a'), id('b'))) },
      'a single request may not contain more than 50 merge updates',
    ],
    [{ merge_updates: [pair(id('a'), {})] }, IDENTIFIERS],
    [{ merge_updates: [pair('a' as never, id('b'))] }, IDENTIFIERS],
    [{ merge_updates: [pair({ ...id('a'), email: 'a@example.com' }, id('b'))] }, IDENTIFIERS],
    [
      { merge_updates: [{ ...pair(id('a'), id('b')), more: 1 }] },
      "'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'",
    ],
    [{ merge_updates: [pair({ email: 'a@example.com' }, id('b'))] }, /^'prioritization' must have one of/],
    [
      { merge_updates: [pair({ email: 'a@example.com', prioritization: ['identified', 'unidentified'] }, id('b'))] },
      /^'prioritization' must have one of/,
    ],
    [{ merge_updates: [pair({ email: 'none', prioritization: ['identified'] }, id('b'))] }, /not a valid email/],
  ])('%j', async (sent, message) => {
    const { status, type, body } = await r.send('post', '/users/merge', sent);
    expect([status, type]).toEqual([400, 'application/json']);
    expect(body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
