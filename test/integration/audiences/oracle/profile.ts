// What filters ask of a profile beside attributes of any name (SG-14 to SG-17).

import { type Asked, dayAsked, keptDay, today } from './clock.js';
import { compares, isNumber, isWhen } from './comparing.js';
import type { Known } from './person.js';
import { type Fields, fieldsOf, isFields, listOf, numberOf, textOf, type Value } from './written.js';

/** Whether a filter of this tag, of this subject and more beside it, takes the person in; null of no such tag. */
export function profilePasses(
  person: Known,
  { tag, subject, more }: { readonly tag: string; readonly subject: Value; readonly more: Fields },
  asked: Asked,
): boolean | null {
  switch (tag) {
    case 'emailSubscription':
      return isInState(person, 'email', subject, more, asked);
    case 'pushSubscription':
      return isInState(person, 'push', subject, more, asked);
    case 'subscriptionGroup':
      return person.groups[textOf(subject)] === (more['is'] ?? 'subscribed');
    case 'emailAvailable':
      return (person.columns['email'] !== null && !isUnsubscribed(person, 'email')) === subject;
    case 'age':
      return isAge(person, fieldsOf(subject), asked);
    case 'birthday':
      return born(person) !== null && keptDay(born(person) ?? '') === dayAsked(subject, asked);
    case 'createdAt':
      return isWhen(person.createdAt, fieldsOf(subject), asked);
    case 'deviceCount':
      return isNumber(listOn(person, 'devices').length, fieldsOf(subject));
    case 'appVersion':
      return isVersion(person, fieldsOf(subject));
    case 'foregroundPush':
      return canShow(person, more['app']) === subject;
    case 'location':
      return isWhere(person, fieldsOf(subject));
    case 'locationAvailable':
      return isFields(person.attributes['current_location']) === subject;
    default:
      return null;
  }
}

/** With operators, since when it is so; of what is not known none of them holds. */
function isInState(person: Known, channel: 'email' | 'push', state: Value, operators: Fields, asked: Asked): boolean {
  if (person.columns[`${channel}_subscribe`] !== state) return false;
  return Object.keys(operators).length === 0 || isWhen(person.since[channel], operators, asked);
}

const isUnsubscribed = (person: Known, channel: 'email' | 'push') =>
  person.columns[`${channel}_subscribe`] === 'unsubscribed';

function born(person: Known): string | null {
  const date = person.attributes['dob'] ?? null;
  return date === null ? null : textOf(date);
}

/** Whole years, of who was born on 29 February from 1 March on. */
function isAge(person: Known, operators: Fields, asked: Asked): boolean {
  const date = born(person);
  if (date === null) return false;
  const day = today(asked);
  const years = Number(day.slice(0, 4)) - Number(date.slice(0, 4));
  return isNumber(day.slice(5) < keptDay(date) ? years - 1 : years, operators);
}

const listOn = (person: Known, name: string) => listOf(person.attributes[name] ?? []).map(fieldsOf);

/**
 * The most recent version that is known, that of the device told of last which has one; who has no version at all passes what
 * asks for less (SG-16).
 */
function isVersion(person: Known, { app, ...operators }: Fields): boolean {
  const devices = listOn(person, 'devices').filter((device) => app === undefined || device['app'] === app);
  const version = devices.findLast((device) => device['app_version'] !== undefined)?.['app_version'];
  return Object.entries(operators).every(([name, operand]) =>
    version === undefined
      ? name === 'lessThan' || name === 'atMost'
      : compares(name, byNumbers(textOf(version), textOf(operand))),
  );
}

/** How one version stands to another, number by number; what is not written is 0. */
function byNumbers(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const places = Array.from({ length: Math.max(a.length, b.length) }, (_, place) => (a[place] ?? 0) - (b[place] ?? 0));
  return places.find((difference) => difference !== 0) ?? 0;
}

/** A token whose device does not say that push is off; of one app it is enough, else who has unsubscribed is left out (SG-14). */
function canShow(person: Known, app: Value | undefined): boolean {
  const off = listOn(person, 'devices').filter((device) => device['push_enabled'] === false);
  const tokens = listOn(person, 'push_tokens').filter(
    (token) =>
      (app === undefined || token['app_id'] === app) &&
      !off.some(({ device_id }) => device_id !== undefined && device_id === token['device_id']),
  );
  return tokens.length > 0 && (app !== undefined || !isUnsubscribed(person, 'push'));
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

function pointOf(value: Value | undefined): Point {
  const { latitude, longitude } = fieldsOf(value);
  return { latitude: numberOf(latitude), longitude: numberOf(longitude) };
}

/** Of whom no location is known neither within nor outside holds (SG-17). */
function isWhere(person: Known, { within, outside }: Fields): boolean {
  const location = person.attributes['current_location'];
  if (!isFields(location)) return false;
  const point = pointOf(location);
  return (
    (within === undefined || isIn(point, fieldsOf(within))) &&
    (outside === undefined || !isIn(point, fieldsOf(outside)))
  );
}

function isIn(point: Point, { polygon, radius, ...center }: Fields): boolean {
  if (polygon === undefined) return metersBetween(point, pointOf(center)) <= numberOf(radius);
  return isBetween(point, listOf(polygon).map(pointOf));
}

/** On a sphere of the mean radius of the earth. */
function metersBetween(one: Point, other: Point): number {
  const [a, b] = [one, other].map(({ latitude, longitude }) => {
    const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
  });
  const straight = Math.hypot(...(a ?? []).map((value, axis) => value - (b?.[axis] ?? 0)));
  return 2 * 6_371_008.8 * Math.asin(Math.min(straight / 2, 1));
}

/** Whether a line from the point to the north crosses the sides an odd number of times. */
function isBetween({ latitude, longitude }: Point, corners: readonly Point[]): boolean {
  const crossed = corners.filter((from, index) => {
    const to = corners[(index + 1) % corners.length] ?? from;
    if (from.longitude > longitude === to.longitude > longitude) return false;
    const share = (longitude - from.longitude) / (to.longitude - from.longitude);
    return from.latitude + share * (to.latitude - from.latitude) > latitude;
  });
  return crossed.length % 2 === 1;
}
