// Projects: `unit` needs no service, `integration` a real PostgreSQL, `workflows` PostgreSQL and Temporal,
// `crash` a copy of this checkout that it starts and kills, `deploy` the image and the services of docker-compose.yml, built and
// run as plain processes.
const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': '@swc/jest' },
  resolver: '<rootDir>/test/setup/resolver.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.rappel/', '<rootDir>/coverage/'],
};

module.exports = {
  // A machine that does much else takes more than 5 s to make a database; no test judges speed by this.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(?!extending/)', '<rootDir>/dist/'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      globalSetup: '<rootDir>/test/setup/global/integration.mjs',
      globalTeardown: '<rootDir>/test/setup/global/teardown.mjs',
    },
    {
      ...shared,
      displayName: 'workflows',
      testMatch: ['<rootDir>/test/workflows/**/*.test.ts'],
      globalSetup: '<rootDir>/test/setup/global/workflows.mjs',
      globalTeardown: '<rootDir>/test/setup/global/teardown.mjs',
    },
    {
      ...shared,
      displayName: 'crash',
      testMatch: ['<rootDir>/test/crash/**/*.test.ts'],
      globalSetup: '<rootDir>/test/setup/global/crash.mjs',
      globalTeardown: '<rootDir>/test/setup/global/removeClone.mjs',
    },
    {
      ...shared,
      displayName: 'deploy',
      testMatch: ['<rootDir>/test/deploy/**/*.test.ts'],
      globalSetup: '<rootDir>/test/setup/global/deploy.mjs',
    },
  ],
};
