// jest's resolver: our own relative imports end in `.js` (as compiled) and mean the `.ts` beside it.
// A moduleNameMapper cannot tell our files from those of packages, where `./x.js` may stand beside a folder `x`.
const { existsSync } = require('node:fs');
const path = require('node:path');

module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes(`${path.sep}node_modules${path.sep}`)) {
    const source = path.resolve(options.basedir, request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
};
