/** package-lock.json says by hash what is installed, on every platform: `npm run lockfile` completes it. */
import lock from '../package-lock.json';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const entries = Object.entries<Entry>(lock.packages).filter(([place]) => place !== '');

test('each package has the hash of its content', () => {
  const without = entries.filter(([, { integrity, link }]) => link !== true && !/^sha512-.{88}$/.test(integrity ?? ''));
  expect(without.map(([place]) => place)).toEqual([]);
});

test('none is said to come from elsewhere than the registry of whoever installs', () => {
  expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
});

test('those for other platforms are listed, in the version that is asked for', () => {
  const places = new Map(entries);
  for (const [place, { optionalDependencies = {} }] of entries) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = places.get(`${place}/node_modules/${name}`) ?? places.get(`node_modules/${name}`);
      expect([name, found?.version ?? 'not listed']).toEqual([
        name,
        /^\d/.test(version) ? version : expect.stringMatching(/^\d/),
      ]);
    }
  }
});
