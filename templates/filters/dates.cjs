// Dates on the clock of a zone: `{{ time | time_zone: 'Europe/Paris' | date: '%H:%M' }}`. Every zone is named; the clock of
// the process is never used.
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { Drop, Liquid } = require('liquidjs');
const { isIanaName } = require('../../domain/timing/zoneNames.cjs');

const { date } = new Liquid().filters;
/** As Ruby prints a time. */
const PRINTED = '%Y-%m-%d %H:%M:%S %z';
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/** An instant that remembers the zone it is to be shown in. */
class ZonedTime extends Drop {
  constructor(at, zone, printed) {
    super();
    this.at = at;
    this.zone = zone;
    this.printed = printed;
  }

  valueOf() {
    return this.printed;
  }
}

function requireZone(name) {
  if (typeof name === 'string' && isIanaName(name)) return name;
  throw new Error(
    `unknown time zone ${JSON.stringify(String(name)).slice(0, 80)}: use an IANA name such as Europe/Paris`,
  );
}

/** LQ-04: a text without a zone is UTC, whatever the machine's own. */
function inUtc(value) {
  const plain = value?.valueOf?.() ?? value;
  return typeof plain === 'string' && WITHOUT_ZONE.test(plain.trim()) ? `${plain.trim().replace(' ', 'T')}Z` : plain;
}

function formatDate(value, format, zone) {
  const chosen = zone === undefined || zone === null || typeof zone === 'number' ? zone : requireZone(zone);
  if (value instanceof ZonedTime) return date.call(this, value.at, format, chosen ?? value.zone);
  return date.call(this, inUtc(value), format, chosen);
}

/** What is no date stays as it is. */
function timeZone(value, zone) {
  const name = requireZone(zone);
  const at = value instanceof ZonedTime ? value.at : inUtc(value);
  const printed = date.call(this, at, PRINTED, name);
  return printed === at ? value : new ZonedTime(at, name, printed);
}

module.exports = { dateFilters: { date: formatDate, time_zone: timeZone } };
