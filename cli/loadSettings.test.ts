import { ConfigError, configWarnings } from '../config/config.js';
import { loadSettings } from './loadSettings.js';

const DATABASE_URL = 'postgres://rappel:hunter2@localhost:5432/rappel';

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadSettings({ DATABASE_URL, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

test('M8: the sender is judged by the rule of sending, a failpoint by those there are; each is one line', () => {
  expect(problems({ EMAIL_FROM: 'Shop', CRASH_AT: 'nowhere:1', PORT: '0' })).toEqual([
    "PORT must be a whole number between 1 and 65535, not '0'",
    "EMAIL_FROM must be one e-mail address such as Shop <hello@shop.example>, not 'Shop'",
    "CRASH_AT must be a failpoint and a count such as claimed:3, not 'nowhere:1'",
  ]);
  expect(problems({ EMAIL_FROM: 'a@b.example, c@d.example' })).toHaveLength(1);
  expect(problems({ EMAIL_FROM: 'Shop <hello@shop.example>', CRASH_AT: 'claimed:3' })).toEqual([]);
});

test('M8: a name that begins like ours and is none is told, with the one it may mean', () => {
  expect(configWarnings({ RAPPEL_TIMEZONE: 'UTC', RAPPEL_TIME_ZONE: 'UTC', RAPPEL_TEST_ANY: '1', OTHER: '1' })).toEqual(
    ['RAPPEL_TIMEZONE is no setting of Rappel: did you mean RAPPEL_TIME_ZONE? (docs/configuration.md)'],
  );
  expect(configWarnings({ RAPPEL_COLOUR_OF_THE_SKY: 'blue' })).toEqual([
    'RAPPEL_COLOUR_OF_THE_SKY is no setting of Rappel (docs/configuration.md)',
  ]);
});
