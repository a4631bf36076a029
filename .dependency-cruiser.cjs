// What each folder may import of ours, and who alone may use a package. Types pass freely only where a rule says so.
// The table is the one of the architecture document; a new folder is added here first.

/** Folders a folder may take values from; what is not listed may be imported by nobody but the composition roots. */
const MAY_IMPORT = {
  domain: [],
  activities: ['domain', 'stream', 'storage', 'facts', 'channels', 'templates', 'prediction'],
  stream: ['domain', 'facts', 'storage'],
  facts: ['domain', 'storage'],
  segments: ['domain', 'facts', 'storage'],
  simulation: ['domain', 'facts', 'storage', 'templates'],
  api: ['domain', 'stream', 'storage', 'facts', 'segments', 'simulation', 'templates'],
  storage: ['domain'],
  channels: ['domain'],
  templates: ['domain'],
  prediction: ['domain', 'storage'],
  config: ['domain'],
  telemetry: [],
};
const SEES_TELEMETRY = new Set(
  Object.keys(MAY_IMPORT).filter((folder) => !['domain', 'telemetry', 'config'].includes(folder)),
);
const OURS =
  'domain|workflows|activities|composition|stream|outbox|facts|segments|simulation|api|storage|channels|templates|prediction|dashboard|cli|config|telemetry|test|bench';
const TESTS = '\\.test\\.ts$|/conformance\\.ts$';

/** Packages with one home. */
const SOLE_USERS = {
  luxon: 'domain',
  '@temporalio/workflow': 'workflows',
  '@temporalio/activity': 'activities',
  '@temporalio/client': 'outbox',
  express: 'api',
  pg: 'storage',
  undici: 'channels',
  nodemailer: 'channels',
  liquidjs: 'templates',
  'markdown-it': 'api',
  pino: 'telemetry',
  'csv-parse': 'cli',
  'pino-pretty': 'telemetry',
  'prom-client': 'telemetry',
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => {
  const seen = [folder, ...allowed, ...(SEES_TELEMETRY.has(folder) ? ['telemetry'] : [])];
  return {
    name: `${folder}-imports`,
    comment: `${folder}/ may import values of ours only from: ${seen.join(', ')}`,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: TESTS },
    to: {
      path: `^(${OURS})/|^(worker|server)\\.ts$`,
      pathNot: `^(${seen.join('|')})/`,
      // Within domain/ and storage/ even a type would be a dependency the wrong way.
      ...(['domain', 'storage', 'channels', 'templates'].includes(folder) ? {} : { dependencyTypesNot: ['type-only'] }),
    },
  };
});

const packageRules = Object.entries(SOLE_USERS).map(([name, folder]) => ({
  name: `only-${folder}-uses-${name.replace(/\W+/g, '-')}`,
  comment: `${name} is used by ${folder}/ alone, so that replacing it changes one folder`,
  severity: 'error',
  from: { pathNot: [`^${folder}/`, '^(cli|test|bench)/', '^(worker|server)\\.ts$', TESTS] },
  to: { path: `^node_modules/(@types/)?${name.replace('/', '\\/')}/`, dependencyTypesNot: ['type-only'] },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    ...packageRules,
    {
      name: 'domain-is-pure',
      comment: 'domain/ does no I/O: of Node only hashing, of packages only luxon and zod',
      severity: 'error',
      from: { path: '^domain/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'workflows-are-deterministic',
      comment: 'workflows/ run in the sandbox: of ours only domain/ids and types of activities',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TESTS },
      to: {
        path: `^(${OURS})/`,
        pathNot: ['^workflows/', '^domain/ids\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-know-no-node',
      comment: 'The sandbox has no Node: the bundler lets only these three through',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(assert|url|util)$' },
    },
    {
      name: 'workflow-types',
      comment: 'workflows/ take types of activities/ and domain/ alone',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TESTS },
      to: { path: `^(${OURS})/`, pathNot: '^(workflows|activities|domain)/' },
    },
    {
      name: 'outbox-imports',
      comment: 'outbox/ may import values of ours only from: domain, storage, workflows/contracts, telemetry',
      severity: 'error',
      from: { path: '^outbox/', pathNot: TESTS },
      to: {
        path: `^(${OURS})/|^(worker|server)\\.ts$`,
        pathNot: '^(outbox|domain|storage|telemetry)/|^workflows/contracts\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-roots-import-composition',
      comment: 'composition/ puts the parts together, for worker.ts and server.ts',
      severity: 'error',
      from: { pathNot: ['^(composition|cli|test)/', '^(worker|server)\\.ts$', TESTS] },
      to: { path: '^composition/' },
    },
    {
      name: 'nobody-imports-commands-and-tests',
      comment: 'cli/, test/ and bench/ are imported by nobody',
      severity: 'error',
      from: { pathNot: '^(cli|test|bench)/|\\.test\\.ts$' },
      to: { path: '^(cli|test|bench)/' },
    },
    {
      name: 'only-channels-use-push-libraries',
      comment: 'Providers are spoken to from channels/ alone',
      severity: 'error',
      from: { pathNot: ['^channels/', '^(cli|test|bench)/', TESTS] },
      to: { path: '^node_modules/(web-push|firebase-admin|apns2|node-apn)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-model-is-independent',
      comment: 'test/model is the oracle that checks the rest: it imports nothing of ours',
      severity: 'error',
      from: { path: '^test/model/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(${OURS})/|^(worker|server)\\.ts$`, pathNot: '^test/model/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle, of types too, cannot be understood or loaded part by part',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'runs-without-development-packages',
      comment: 'What the image runs must be in dependencies',
      severity: 'error',
      from: { path: `^(${OURS})/|^(worker|server)\\.ts$`, pathNot: [TESTS, '^(test|bench)/', '^cli/dev/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.rappel|docs)/' },
    includeOnly: `^(${OURS})/|^(worker|server)\\.ts$|^node_modules/|^(node:)?[a-z_/]+$`,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
