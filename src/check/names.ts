/** 'learning_rate_init' as 'learningRateInit'. */
export function toCamelCase(name: string): string {
  return name.replace(/(?<=.)_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * The known name that a string stands for: itself, or its snake_case spelling ('categorical_crossentropy', 'l1_l2').
 * undefined if there is none.
 */
export function canonicalName<T extends string>(name: string, known: Iterable<T>): T | undefined {
  const snakeCase = /^[a-z0-9]+(_[a-z0-9]+)+$/.test(name);
  const squeezed = name.replaceAll('_', '');
  for (const candidate of known) {
    if (candidate === name) return candidate;
    if (snakeCase && candidate.toLowerCase() === squeezed) return candidate;
  }
  return undefined;
}

/** The known name nearest to a mistyped one; undefined if none is near (a third of its letters may be wrong). */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.replaceAll('_', '').toLowerCase();
  let closest: string | undefined;
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), best);
    if (distance < best) {
      best = distance;
      closest = candidate;
    }
  }
  return closest;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words; `limit` if there are at least so many. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length], limit);
}
