// jest globalTeardown of the project `crash`.
export { removeClone as default } from './crash.mjs';
