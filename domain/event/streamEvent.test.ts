import { EVENT_KINDS, isAfter, isOfCampaign } from './streamEvent.js';

describe('an event of the stream', () => {
  it('AB-31a: comes after another by (time, sequence), and never after itself', () => {
    const event = { time: 10, seq: 5 };
    expect(isAfter({ time: 11, seq: 1 }, event)).toBe(true);
    expect(isAfter({ time: 9, seq: 9 }, event)).toBe(false);
    expect(isAfter({ time: 10, seq: 6 }, event)).toBe(true);
    expect(isAfter({ time: 10, seq: 4 }, event)).toBe(false);
    expect(isAfter(event, event)).toBe(false);
  });

  it('CC-01: is about a campaign when it was received, interacted with, converted by or fired by its exception', () => {
    expect(EVENT_KINDS.filter(isOfCampaign)).toEqual(['received', 'exceptionFired', 'interaction', 'converted']);
  });
});
