// Filters over texts and objects that the reference product documents beyond Liquid's own: encodings, hashes, JSON, URLs.
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { createHash, createHmac } = require('node:crypto');

const textOf = (value) => {
  const plain = value?.valueOf?.() ?? value;
  if (plain === null || plain === undefined) return '';
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
};

const hash = (algorithm, encoding) => (value) => createHash(algorithm).update(textOf(value), 'utf8').digest(encoding);
const hmac = (algorithm, encoding) => (value, key) =>
  createHmac(algorithm, textOf(key)).update(textOf(value), 'utf8').digest(encoding);

/** What may not stand in a URL is escaped; what separates its parts (/ ? & = #) stays, and so does what is escaped already. */
function urlEscape(value) {
  return encodeURI(textOf(value).toWellFormed()).replace(/%25(?=[0-9a-f]{2})/gi, '%');
}

/** All that has a meaning in a URL is escaped too: for one value of a query. */
function urlParamEscape(value) {
  const escape = (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(textOf(value).toWellFormed()).replace(/[!'()*]/g, escape);
}

/** The text as it stands between the quotes of a JSON string. */
function jsonEscape(value) {
  return JSON.stringify(textOf(value)).slice(1, -1);
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const SAFE_DIGITS = 15;

/** What a JSON text says; nothing where it is no JSON. A number with more digits than a number can hold stays its text. */
function jsonParse(value) {
  const text = textOf(value);
  this.context.memoryLimit.use(text.length);
  const exact = text.replace(STRING_OR_NUMBER, (found) => {
    if (found.startsWith('"') || found.length <= SAFE_DIGITS || String(Number(found)) === found) return found;
    return JSON.stringify(found);
  });
  try {
    return withoutPrototypes(JSON.parse(exact));
  } catch {
    return null;
  }
}

/** A key `__proto__` is left out: an object of a template has no other prototype than its own. */
function withoutPrototypes(value) {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === '__proto__' ? [] : [[key, withoutPrototypes(item)]])),
  );
}

function asJsonString(value) {
  const text = JSON.stringify(value?.valueOf?.() ?? value ?? null);
  this.context.memoryLimit.use(text.length);
  return text;
}

/** The value that a hash has under a key; nothing where there is none. */
function propertyAccessor(value, key) {
  const name = textOf(key);
  return value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : null;
}

module.exports = {
  textFilters: {
    md5: hash('md5', 'hex'),
    sha1: hash('sha1', 'hex'),
    sha2: hash('sha256', 'hex'),
    sha256: hash('sha256', 'hex'),
    base64: (value) => Buffer.from(textOf(value), 'utf8').toString('base64'),
    hmac_sha1: hmac('sha1', 'hex'),
    hmac_sha1_hex: hmac('sha1', 'hex'),
    hmac_sha1_base64: hmac('sha1', 'base64'),
    hmac_sha256_hex: hmac('sha256', 'hex'),
    hmac_sha256_base64: hmac('sha256', 'base64'),
    url_escape: urlEscape,
    url_param_escape: urlParamEscape,
    json_escape: jsonEscape,
    json_parse: jsonParse,
    as_json_string: asJsonString,
    property_accessor: propertyAccessor,
  },
};
