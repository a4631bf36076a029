import { describeDid, describeNever, type EventKind } from './kinds.js';

describe('what a person did, in words', () => {
  it.each<[EventKind, string | null, string, string]>([
    ['purchase', 'hat', 'bought hat', 'has never bought hat'],
    ['purchase', null, 'bought something', 'has never bought anything'],
    ['purchase', '', 'bought something', 'has never bought anything'],
    ['session', '', 'started a session', 'has never started a session'],
    ['custom', 'search', 'did search', 'has never done search'],
    ['custom', null, 'did something', 'has never done anything'],
    ['received', 'c', 'received campaign c', 'has never had a receipt of campaign c'],
    ['received', null, 'received a campaign', 'has never had a receipt of any campaign'],
    ['interaction', 'c', 'had an interaction with campaign c', 'has never had an interaction with campaign c'],
    ['converted', 'c', 'had a conversion of campaign c', 'has never had a conversion of campaign c'],
    ['exceptionFired', 'c', 'had an exception of campaign c', 'has never had an exception of campaign c'],
    ['attributes', 'tier', 'had a change of tier', 'has never had a change of tier'],
    ['attributes', '', 'had a change of attributes', 'has never had a change of attributes'],
    ['attributes', null, 'had a change of attributes', 'has never had a change of attributes'],
    [
      'attributes',
      '$group:news',
      'had a change of subscription group news',
      'has never had a change of subscription group news',
    ],
    ['attributes', '$email_added', 'got an e-mail address', 'has never got an e-mail address'],
    ['attributes', '$location:home', 'entered location home', 'has never entered location home'],
    // Its name is no field: only changes of attributes have those.
    ['custom', '$location:home', 'did $location:home', 'has never done $location:home'],
    [
      'converted',
      '$email_added',
      'had a conversion of campaign $email_added',
      'has never had a conversion of campaign $email_added',
    ],
  ])('%s %j: %s; %s', (kind, name, did, never) => {
    expect(describeDid({ kind, name })).toBe(did);
    expect(describeNever({ kind, name })).toBe(never);
  });
});
