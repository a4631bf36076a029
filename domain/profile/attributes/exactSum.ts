import { Big } from 'big.js';

/** The decimal sum (0.1 and 0.2 are 0.3); null where no number has its digits. */
export function exactSum(a: number, b: number): number | null {
  const sum = new Big(a).plus(b);
  const number = sum.toNumber();
  return Number.isFinite(number) && new Big(number).eq(sum) ? number : null;
}
