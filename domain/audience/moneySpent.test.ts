import { comparableMoney } from './kinds/moneySpent.js';

it.each([
  [0.1 + 0.2, 0.3],
  [0.00015, 0.0002],
  [5.08135, 5.0814],
  [-0.00005, -0.0001],
  [0.00005, 0.0001],
  [0.43256 * 69 + 3.02697 * 3, 38.9276],
  [100_000_000_000.0001, 100_000_000_000.0001],
  [1e300, 1e300],
  [0, 0],
])('SG-11: %d is compared as %d, which SQL makes of it too', (amount, compared) => {
  expect(comparableMoney(amount)).toBe(compared);
});
