// Which names the IANA database has, in form; whether this Node knows the zone is asked beside it. Read by the domain and by
// the templates' worker threads, which load plain JavaScript only.

'use strict';

/** All names of the IANA database without a slash. It adds no more of them. */
const IANA_WITHOUT_SLASH = new Set(
  (
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  )
    .toLowerCase()
    .split(' '),
);

/** `SystemV/…` are names of ICU's own. */
const IANA_WITH_SLASH = /^(?!systemv\/)[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)+$/i;
const LONGEST_NAME = 64;

/** Whether the text is the name of a zone that this Node knows. Offsets and abbreviations such as BST are none. */
function isIanaName(name) {
  if (name.length > LONGEST_NAME) return false;
  const hasForm = name.includes('/') ? IANA_WITH_SLASH.test(name) : IANA_WITHOUT_SLASH.has(name.toLowerCase());
  if (!hasForm) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

module.exports = { isIanaName };
