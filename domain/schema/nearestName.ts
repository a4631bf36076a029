// The known name a misspelt one probably meant.

/** null when nothing is near: more than a third of the letters would have to change, or more than `atMost`. */
export function nearestName(name: string, known: readonly string[], atMost = Number.POSITIVE_INFINITY): string | null {
  let best: string | null = null;
  let bestDistance = Math.min(atMost, Math.max(1, Math.floor(name.length / 3))) + 1;
  // A hostile name may be long: beyond this it is near nothing.
  if (name.length > 64) return null;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
