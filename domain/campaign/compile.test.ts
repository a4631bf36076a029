import { compileCampaign } from './compile.js';
import { parseDefinition } from './definition/parseDefinition.js';

function rulesOf(definition: object) {
  const message = { channel: 'email', subject: 'Hi', text: 'Hi' };
  const parsed = parseDefinition({ name: 'Example', trigger: { customEvent: 'x' }, message, ...definition });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return compileCampaign(parsed.definition);
}

describe('a definition, compiled', () => {
  it('has the plainest rules where nothing is said', () => {
    expect(rulesOf({})).toEqual({
      entry: {
        kind: 'event',
        trigger: { kind: 'custom', name: 'x', where: [] },
        delay: { kind: 'none' },
        exceptions: [],
      },
      audience: null,
      duration: null,
      window: null,
      quietHours: null,
      recheckAudience: false,
      reEligibility: { kind: 'never' },
      variants: [{ key: 'a', share: 100, messages: { email: { subject: 'Hi', text: 'Hi' } } }],
    });
  });

  it.each(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day, index) => [
      day,
      index + 1,
    ]),
  )('AB-21: %s is day %i of the week, as in ISO 8601', (nextWeekday, weekday) => {
    const zone = { kind: 'user' };
    expect(rulesOf({ delay: { nextWeekday, at: '23:59' } }).entry.delay).toEqual({
      kind: 'nextWeekday',
      weekday,
      minute: 1_439,
      zone,
    });
  });

  it('AB-41: tells an instant from a wall-clock moment, and an open end from both', () => {
    const { duration } = rulesOf({ duration: { start: '2026-12-01T00:00+01:00' } });
    expect(duration).toEqual({
      start: { kind: 'instant', at: Date.parse('2026-11-30T23:00Z') },
      end: null,
      zone: { kind: 'workspace' },
    });
    expect(rulesOf({ duration: { end: '2026-12-01' } }).duration).toMatchObject({
      start: null,
      end: { kind: 'local', iso: '2026-12-01' },
    });
  });

  it('AB-50, QH-01: reads times of day as minutes, in the zone that is named', () => {
    const { window, quietHours } = rulesOf({
      window: { from: '09:30', to: '24:00', zone: 'Asia/Tokyo' },
      quietHours: { from: '22:15', to: '06:05', zone: 'workspace', policy: 'abort' },
    });
    expect(window).toEqual({
      fromMinute: 570,
      toMinute: 1_440,
      zone: { kind: 'iana', zone: 'Asia/Tokyo' },
      missed: 'drop',
    });
    expect(quietHours).toEqual({ fromMinute: 1_335, toMinute: 365, zone: { kind: 'workspace' }, policy: 'abort' });
  });

  it('RE-04: re-eligibility after a length is that many milliseconds', () => {
    expect(rulesOf({ reEligibility: { after: '0 seconds' } }).reEligibility).toEqual({ kind: 'after', ms: 0 });
    expect(rulesOf({ reEligibility: { after: '1 day' } }).reEligibility).toEqual({ kind: 'after', ms: 86_400_000 });
  });

  it('CO-03: a variant keeps exactly the messages that were composed', () => {
    const webhook = { url: 'https://example.com', method: 'POST', honoursWebhookId: false };
    const variants = [
      { key: 'plain', share: 40, messages: { webhook: { url: webhook.url } } },
      { key: 'both', share: 60, messages: { email: { subject: 'S', html: 'H' }, webhook: { url: webhook.url } } },
    ];
    expect(rulesOf({ message: undefined, variants }).variants).toEqual([
      { key: 'plain', share: 40, messages: { webhook } },
      { key: 'both', share: 60, messages: { email: { subject: 'S', html: 'H' }, webhook } },
    ]);
  });
});
