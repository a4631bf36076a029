// The unit tests of `domain/`, as `npm run mutation` runs them against each mutant.
const { projects } = require('./jest.config.cjs');

module.exports = { ...projects.find(({ displayName }) => displayName === 'unit'), roots: ['<rootDir>/domain'] };
