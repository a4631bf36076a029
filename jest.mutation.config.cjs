/**
 * The unit tests of `domain/`, as `npm run mutation` runs them against each mutant: some 5,000 times.
 * jest calls this file for its configuration and constructs it as its runner, which is jest's own but for two things:
 * a test file none of whose tests touches the mutant is not even loaded, and the first failing one is the last.
 * Measured on two shared cores: 1.1 s a mutant with jest's own runner (domain/event), 0.25 s with this (all of domain/).
 */
const { createRequire } = require('node:module');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { projects } = require('./jest.config.cjs');

// A package of jest's, not of ours.
const { default: JestRunner } = createRequire(require.resolve('jest'))('jest-runner');

// A mutant of the rules of time need not be tried on thousands of instants to be noticed.
process.env.PROPERTY_RUNS = '150';

/** By test file: its tests and what it takes, as learned from Stryker's first run, without mutant. */
const KNOWN = path.join(__dirname, 'coverage', 'known-tests.json');

const unit = {
  ...projects.find(({ displayName }) => displayName === 'unit'),
  roots: ['<rootDir>/domain'],
  runner: __filename,
};

function createRunner(globalConfig, context) {
  const runner = new JestRunner(globalConfig, context);
  const runTests = runner.runTests.bind(runner);
  runner.runTests = (tests, watcher, options) =>
    globalConfig.testNamePattern
      ? runUntilFailure(relevant(tests, globalConfig), watcher, options)
      : learn(tests, watcher, options);
  return runner;

  async function learn(tests, watcher, options) {
    const known = {};
    runner.on('test-file-success', ([{ path: file }, { testResults, perfStats }]) => {
      known[file] = { names: testResults.map(({ fullName }) => fullName), ms: perfStats.runtime };
    });
    await runTests(tests, watcher, options);
    mkdirSync(path.dirname(KNOWN), { recursive: true });
    writeFileSync(KNOWN, JSON.stringify(known));
  }

  async function runUntilFailure(tests, watcher, options) {
    runner.on('test-file-success', (event) => {
      if (event[1].numFailingTests > 0) watcher.setState({ interrupted: true });
    });
    await runTests(tests, watcher, options);
  }
}

/** The quickest first. */
function relevant(tests, { testNamePattern }) {
  const known = JSON.parse(readFileSync(KNOWN, 'utf8'));
  const touches = new RegExp(testNamePattern, 'i');
  return tests
    .filter(({ path: file }) => known[file].names.some((name) => touches.test(name)))
    .sort((one, other) => known[one.path].ms - known[other.path].ms);
}

module.exports = function mutation(...args) {
  return new.target ? createRunner(...args) : unit;
};
