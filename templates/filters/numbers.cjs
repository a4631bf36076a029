// Filters that calculate, in decimal as people do: 0.1 plus 0.2 is 0.3, 2.675 rounds to 2.68 (half up, away from zero).
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const Big = require('big.js');

/** Digits after the point of a quotient that does not end. */
const QUOTIENT_PLACES = 20;
/** Beyond this many digits a text is no amount; it bounds what a calculation costs. */
const MOST_DIGITS = 100;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** The decimal that a value is, exactly as it is written; null for what is no number. */
function decimalOf(value) {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (text.length > MOST_DIGITS || !DECIMAL.test(text) || !Number.isFinite(Number(text))) return null;
  return new Big(text.replace(/^\+/, '').replace(/\.(?=e|$)/i, ''));
}

/** As a number where a number has all its digits, else as their text. */
function plain(decimal) {
  const number = decimal.toNumber();
  const text = decimal.toFixed();
  return Number.isFinite(number) && new Big(number).eq(decimal) && String(number) === text ? number : text;
}

function zeroOr(value) {
  return decimalOf(value?.valueOf?.() ?? value) ?? new Big(0);
}

/** LQ-03: whole numbers divide to a whole number, rounded down. */
function dividedBy(dividend, divisor) {
  const [left, right] = [zeroOr(dividend), zeroOr(divisor)];
  if (right.eq(0)) throw new Error('divided by 0');
  const isWhole = (decimal) => decimal.round(0, Big.roundDown).eq(decimal);
  Big.DP = QUOTIENT_PLACES;
  const quotient = left.div(right);
  if (!isWhole(left) || !isWhole(right)) return plain(quotient);
  const down = quotient.round(0, Big.roundDown);
  return plain(quotient.lt(down) ? down.minus(1) : down);
}

function round(value, places) {
  const count = Math.min(Math.max(Math.trunc(Number(places ?? 0)) || 0, 0), 20);
  return plain(zeroOr(value).round(count, Big.roundHalfUp));
}

/** LQ-03: 145 → 145.00, 2.675 → 2.68; what is no number stays as it is. */
function money(value) {
  const amount = decimalOf(value?.valueOf?.() ?? value);
  return amount === null ? value : amount.toFixed(2, Big.roundHalfUp);
}

/** 1234567.5 → 1,234,567.5; what is no number stays as it is. */
function numberWithDelimiter(value) {
  const amount = decimalOf(value?.valueOf?.() ?? value);
  if (amount === null) return value;
  const [whole, fraction] = amount.toFixed().split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

module.exports = {
  numberFilters: {
    plus: (left, right) => plain(zeroOr(left).plus(zeroOr(right))),
    minus: (left, right) => plain(zeroOr(left).minus(zeroOr(right))),
    times: (left, right) => plain(zeroOr(left).times(zeroOr(right))),
    divided_by: dividedBy,
    round,
    money,
    number_with_delimiter: numberWithDelimiter,
  },
};
