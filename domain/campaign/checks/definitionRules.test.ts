import { parseDefinition } from '../definition/parseDefinition.js';

const email = { channel: 'email', subject: 'Welcome', text: 'Hello' };
const delay = { after: '1 hour' };
const about = (campaign: string) => ({ interaction: 'email_open', campaign });

/** The paths of what is wrong with it. */
function wrong(written: object): readonly string[] {
  const parsed = parseDefinition({ name: 'Welcome', trigger: { customEvent: 'x' }, message: email, ...written });
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

function durationFrom(start: string, end: string, zone: string): object {
  return { duration: { start, end, zone } };
}

describe('what goes together in a definition', () => {
  it.each<[string, object]>([
    ['a name no key can be made of, beside a key', { name: '購物車', key: 'cart' }],
    [
      'AB-35: session start as trigger, with another exception',
      {
        trigger: { sessionStart: true },
        delay,
        exceptions: [{ purchase: 'any' }],
      },
    ],
    ['AB-30: session start as exception, with another trigger', { delay, exceptions: [{ sessionStart: true }] }],
    ['AB-30: conversions of the campaign itself', { delay, exceptions: [{ conversionOf: 'welcome' }] }],
    [
      'AB-30: conversions of the campaign itself, by its key',
      {
        key: 'own',
        delay,
        exceptions: [{ conversionOf: 'own' }],
      },
    ],
    [
      'AB-30: interactions, where the trigger is about a campaign',
      {
        trigger: { received: 'first' },
        delay,
        exceptions: [about('first')],
      },
    ],
    ['CC-08: a campaign that follows another', { trigger: { received: 'first' } }],
    [
      'CC-08: a campaign that follows itself and may be received again',
      {
        trigger: { received: 'welcome' },
        reEligibility: { after: '1 day' },
      },
    ],
    ['CC-08: an event of the campaign’s own name', { trigger: { customEvent: 'welcome' } }],
    ['a webhook alone', { message: undefined, messages: { webhook: { url: 'https://example.com' } } }],
    [
      'a webhook with 50 headers',
      {
        message: {
          channel: 'webhook',
          url: 'https://example.com',
          headers: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x-${n}`, 'v'])),
        },
      },
    ],
    ['RE-04: exactly 720 days', { reEligibility: { after: '720 days' } }],
    ['AB-20: exactly 730 days', { delay: { after: '730 days' } }],
    [
      'QH-03: quiet hours over the whole window, but of another clock',
      {
        window: { from: '23:00', to: '05:00', zone: 'workspace' },
        quietHours: { from: '22:00', to: '06:00', zone: 'user' },
      },
    ],
  ])('%s', (_what, written) => {
    expect(wrong(written)).toEqual([]);
  });

  it('CC-08: not a key of one’s own that is followed', () => {
    expect(wrong({ key: 'own', trigger: { received: 'own' } })).toEqual(['trigger']);
    expect(wrong({ key: 'own', trigger: { received: 'welcome' } })).toEqual([]);
  });

  it('AB-30: not the conversions or interactions of another, in the canonical form', () => {
    const exceptions = [{ purchase: 'any' }, { conversionOf: 'other' }, about('other')];
    const entry = { event: { trigger: { customEvent: 'x' }, delay, exceptions } };
    expect(wrong({ trigger: undefined, entry })).toEqual([
      'entry.event.exceptions[1].conversionOf',
      'entry.event.exceptions[2].interaction',
    ]);
  });
});

describe('AB-41: an end comes after the start', () => {
  const refused = ['duration.end'];

  it('on one clock by what it shows, whatever clock it is', () => {
    for (const zone of ['user', 'workspace', 'Asia/Tokyo']) {
      expect(wrong(durationFrom('2026-12-01T00:00', '2026-12-01T00:00', zone))).toEqual(refused);
      expect(wrong(durationFrom('2026-12-01T00:00', '2026-12-01T00:01', zone))).toEqual([]);
    }
  });

  it('of two instants by their order', () => {
    expect(wrong(durationFrom('2026-12-01T01:00+01:00', '2026-12-01T00:00Z', 'user'))).toEqual(refused);
    expect(wrong(durationFrom('2026-12-01T01:00+01:00', '2026-12-01T00:01Z', 'user'))).toEqual([]);
  });

  it.each(['user', 'workspace'])('of a local start, in the earliest zone there is (%s)', (zone) => {
    expect(wrong(durationFrom('2026-12-01T00:00', '2026-11-30T10:00Z', zone))).toEqual(refused);
    expect(wrong(durationFrom('2026-12-01T00:00', '2026-11-30T10:01Z', zone))).toEqual([]);
  });

  it.each(['user', 'workspace'])('of a local end, in the latest zone there is (%s)', (zone) => {
    expect(wrong(durationFrom('2026-12-01T12:00Z', '2026-12-01T00:00', zone))).toEqual(refused);
    expect(wrong(durationFrom('2026-12-01T11:59Z', '2026-12-01T00:00', zone))).toEqual([]);
  });

  it('of a local moment in a zone that is named, in that zone', () => {
    expect(wrong(durationFrom('2026-12-01T00:00', '2026-11-30T15:00Z', 'Asia/Tokyo'))).toEqual(refused);
    expect(wrong(durationFrom('2026-12-01T00:00', '2026-11-30T15:01Z', 'Asia/Tokyo'))).toEqual([]);
  });
});
