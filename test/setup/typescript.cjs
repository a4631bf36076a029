// Lets a plain Node process (`node -r`) run our TypeScript: for tests of what a process of a small heap can bear, which
// jest's own would have used up.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { transformSync } = require('@swc/core');
const resolveOurs = require('./resolver.cjs');
const path = require('node:path');

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, parent, ...rest) {
  const basedir = parent?.filename === undefined ? process.cwd() : path.dirname(parent.filename);
  return resolveOurs(request, { basedir, defaultResolver: () => resolveFilename.call(this, request, parent, ...rest) });
};

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { filename }).code, filename);
};
