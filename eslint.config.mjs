// What types and habits must hold; formatting and import order are biome's.
import tseslint from 'typescript-eslint';

const CLOCK = 'Time is an argument: ask the Clock once and pass the instant on.';
const noHiddenTime = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK },
  {
    selector: "CallExpression[callee.object.name='DateTime'][callee.property.name=/^(local|now)$/]",
    message: `${CLOCK} Every zone is explicit.`,
  },
];
const noDateNow = {
  selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: CLOCK,
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only config/ reads the environment: take the setting as an argument.',
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.rappel/', 'coverage/'] },
  {
    files: ['**/*.{mjs,cjs}'],
    rules: {
      'max-lines': ['error', 400],
      'no-unused-vars': 'error',
      'no-restricted-syntax': ['error', ...noHiddenTime.slice(1)],
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      'max-lines': ['error', 400],
      'prefer-const': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...noHiddenTime, noEnvironment],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // The costliest bug here: an activity or a query that nobody waits for.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Here an instant decides something, so it must be the one that was passed in.
    files: ['{domain,stream,facts,segments,activities,api,storage,templates,channels}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noHiddenTime, noEnvironment, noDateNow] },
  },
  {
    files: ['config/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noHiddenTime] },
  },
  {
    // Commands are where time enters.
    files: ['cli/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnvironment] },
  },
  {
    // Rows come from the driver as whatever a query says they are.
    files: ['storage/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Answers and rows are looked at as they come; what they are is what the assertion says.
    files: ['**/*.test.ts', 'test/**/*.ts', '**/conformance.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
