/** Texts that exist nowhere else, each planted in one field: where one turns up again, that field has leaked. */
import { createHash } from 'node:crypto';

const planted = new Map<string, string>();

/** The same for the same place, so that it may be made again: letters and digits that every pattern of ours takes. */
export function canary(place: string): string {
  const text = `cnry${createHash('sha256').update(place).digest('hex').slice(0, 16)}`;
  planted.set(text, place);
  return text;
}

/** One that is no canary by its form (a telephone number, a secret in base64). */
export function plantText(place: string, text: string): string {
  planted.set(text, place);
  return text;
}

/** As `canary`, of digits: a number that nobody else has. */
export function canaryPhone(place: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(place).digest('hex').slice(0, 12)}`).toString();
  return plantText(place, `+3368${digits.padStart(9, '7').slice(0, 9)}`);
}

export const placesPlanted = (): readonly string[] => [...new Set(planted.values())];

/** The places whose canaries are in the bytes. */
export function leaksIn(bytes: Buffer | string): readonly string[] {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  const places = new Set<string>();
  for (const found of text.match(/cnry[0-9a-f]{16}/g) ?? []) places.add(planted.get(found) ?? `unknown ${found}`);
  for (const [canaryText, place] of planted) {
    if (!canaryText.startsWith('cnry') && text.includes(canaryText)) places.add(place);
  }
  return [...places].sort();
}
