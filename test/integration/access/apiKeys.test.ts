import { createKey, describeKeys, revokeKey } from '../../../cli/keys.js';
import { isSameKey, prefixOf } from '../../../domain/apiKey.js';
import { findApiKey } from '../../../storage/queries/operations/findApiKey.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const ACT = { actor: 'cli/ann', now: NOW };

describe('API keys', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  it('are found by their prefix and proved by their hash', async () => {
    const key = await createKey(database.pool, { name: 'shop', scopes: ['track', 'explain'] }, ACT);
    const stored = await findApiKey(database.pool, prefixOf(key) ?? '');
    expect(stored).toMatchObject({ name: 'shop', scopes: ['track', 'explain'], revokedAt: null });
    expect(isSameKey(key, stored?.hash ?? Buffer.alloc(0))).toBe(true);
  });

  it('cannot be read back: a dump of the database holds no usable key', async () => {
    const key = await createKey(database.pool, { name: 'dumped', scopes: ['track'] }, ACT);
    const { rows } = await database.pool.query('select * from api_keys');
    const dump = JSON.stringify(rows, (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
    );
    expect(dump).toContain(prefixOf(key));
    expect(dump).not.toContain(key.slice(13));
  });

  it('stay listed after they are revoked, with the first instant they were', async () => {
    const key = await createKey(database.pool, { name: 'old', scopes: ['metrics'] }, ACT);
    await revokeKey(database.pool, key, ACT);
    await revokeKey(database.pool, prefixOf(key) ?? '', { ...ACT, now: NOW + 1_000 });
    expect(await findApiKey(database.pool, prefixOf(key) ?? '')).toMatchObject({ revokedAt: NOW });
    expect(await describeKeys(database.pool)).toContainEqual(
      expect.stringMatching(/^rpl_\S{8} {2}old {2}\[metrics\] .* revoked 2026-11-23T09:00:00.000Z$/),
    );
  });

  it('are refused when there is none to revoke', async () => {
    await expect(revokeKey(database.pool, 'rpl_aaaaaaaa', ACT)).rejects.toThrow('There is no key rpl_aaaaaaaa');
  });
});
