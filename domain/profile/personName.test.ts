import { personName } from './personName.js';

test('B20: people without an external id are named by an alias, else by the internal id', () => {
  const aliases = [{ label: 'crm', name: 'a-7' }];
  expect(personName({ id: 7, externalId: 'ann', aliases })).toBe('ann');
  expect(personName({ id: 7, externalId: null, aliases })).toBe('crm:a-7');
  expect(personName({ id: 7, externalId: null, aliases: [] })).toBe('Person 7');
});
