// Dice that fall the same way for the same seed. Each part of a run takes its own, named for it, so that one part
// asking once more does not change what the others get.

/** A generator for `seed` and `name`; `next()` is in [0, 1). */
export function createDice(seed, name) {
  let state = hash(`${seed}/${name}`);
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from, to) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    /** A whole number from `from` to `to`, both included. */
    whole,
    pick: (list) => list[whole(0, list.length - 1)],
    chance: (share) => next() < share,
    shuffle(list) {
      const shuffled = [...list];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const other = whole(0, i);
        [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
      }
      return shuffled;
    },
  };
}

function hash(text) {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 16_777_619);
  return value;
}
