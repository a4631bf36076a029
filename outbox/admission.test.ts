import { Admission } from './admission.js';

function admission(takenUp: (ids: readonly number[]) => readonly number[] = () => []) {
  const clock = { ms: 0 };
  const asked: (readonly number[])[] = [];
  const it = new Admission({
    most: 6,
    monotonicMs: () => clock.ms,
    takenUp: (ids) => {
      asked.push(ids);
      return Promise.resolve(takenUp(ids));
    },
  });
  return { it, clock, asked };
}

describe('H4: how many messages are handed to Temporal before their attempts have begun', () => {
  it('six, and one more for each that begins', async () => {
    const { it: own, asked } = admission();
    for (let id = 1; id <= 6; id += 1) {
      await own.room();
      own.handedOver(id, 1);
    }
    let isFree = false;
    const room = own.room().then(() => {
      isFree = true;
    });
    own.began(99);
    await Promise.resolve();
    expect(isFree).toBe(false);
    own.began(3);
    await room;
    expect(asked).toEqual([]);
  });

  it('what another worker has taken up is seen in the rows', async () => {
    const { it: own, asked } = admission((ids) => ids.slice(0, 2));
    for (let id = 1; id <= 6; id += 1) own.handedOver(id, 1);
    await own.room();
    expect(asked).toEqual([[1, 2, 3, 4, 5, 6]]);
  });

  it('what nobody takes up is not waited for: the worker may be the only one, and busy', async () => {
    const { it: own, clock } = admission();
    for (let id = 1; id <= 6; id += 1) own.handedOver(id, 1);
    clock.ms += 2_000;
    await own.room();
    expect(clock.ms).toBe(2_000);
  });

  it('batches are small while anything is due at once, and grow while nothing is', () => {
    const { it: own } = admission();
    const sizes = [own.batch];
    for (let n = 0; n < 5; n += 1) {
      own.ended({ isFull: true, hadImmediate: false });
      sizes.push(own.batch);
    }
    own.ended({ isFull: true, hadImmediate: true });
    expect([...sizes, own.batch]).toEqual([8, 16, 32, 64, 100, 100, 8]);
    own.ended({ isFull: true, hadImmediate: false });
    own.ended({ isFull: false, hadImmediate: false });
    expect(own.batch).toBe(8);
  });

  it('of what is due at once a batch has as many as there is room for, and one at least', () => {
    const { it: own } = admission();
    const free = [own.free];
    for (let id = 1; id <= 7; id += 1) {
      own.handedOver(id, 1);
      free.push(own.free);
    }
    expect(free).toEqual([6, 5, 4, 3, 2, 1, 1, 1]);
  });

  it('campaigns with something handed over are busy until it has begun, or is not waited for any more', () => {
    const { it: own, clock } = admission();
    own.handedOver(1, 10);
    own.handedOver(2, 10);
    own.handedOver(3, 11);
    expect(own.busy).toEqual([10, 11]);
    own.began(3);
    own.began(1);
    expect(own.busy).toEqual([10]);
    clock.ms += 2_000;
    expect(own.busy).toEqual([]);
  });
});
