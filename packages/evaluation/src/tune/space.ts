/** The values that one option may take: choices, or a range that is sampled evenly in its logarithm. */
export type OptionRange =
  { readonly choices: readonly (number | string | boolean)[] } | { readonly from: number; readonly to: number };

/** The options that are searched, by name. */
export type SearchSpace = Readonly<Record<string, OptionRange>>;

/** One point of a space. */
export type DrawnOptions = Readonly<Record<string, number | string | boolean>>;

/**
 * Points drawn at random (Bergstra and Bengio 2012), without repetition. Choices are dealt like cards, so that each comes up equally often
 * even among few points. Points come in groups as long as the longest list of choices: those of one group have the same values of the ranges,
 * so that choices are compared under the same conditions.
 */
export function drawPoints(space: SearchSpace, count: number, random: () => number): DrawnOptions[] {
  const group = Math.max(1, ...Object.values(space).map((range) => ('choices' in range ? range.choices.length : 1)));
  const columns = Object.entries(space).map(([name, range]) => {
    if ('choices' in range) return [name, dealt(range.choices, count, random)] as const;
    const values = spread(range, Math.ceil(count / group), random);
    return [name, Array.from({ length: count }, (_, n) => values[Math.floor(n / group)] as number)] as const;
  });
  return Array.from({ length: count }, (_, n) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[n] as number | string | boolean])),
  );
}

function dealt<T>(choices: readonly T[], count: number, random: () => number): T[] {
  const groups = Array.from({ length: Math.ceil(count / choices.length) }, () => shuffled(choices, random));
  return groups.flat().slice(0, count);
}

/** One value in each of `count` equal parts of the range (a Latin hypercube), to three digits. */
function spread({ from, to }: { from: number; to: number }, count: number, random: () => number): number[] {
  const parts = Array.from({ length: count }, (_, n) => (n + random()) / count);
  return shuffled(parts, random).map((share) => Number((from * (to / from) ** share).toPrecision(3)));
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const shuffled = [...values];
  for (let n = shuffled.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1));
    [shuffled[n], shuffled[other]] = [shuffled[other] as T, shuffled[n] as T];
  }
  return shuffled;
}
