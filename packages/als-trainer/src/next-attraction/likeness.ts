import type { Attraction } from '@attractions/contracts';

/**
 * How alike two attractions are, 0 to 1, row-major: the share of their themes that both have (Jaccard), times the ratio of the shorter duration to the longer one where both are
 * known. By it, an attraction that nobody has visited yet is taken to be as popular as its like.
 */
export function likenessBetween(ids: readonly string[], attractions: readonly Attraction[]): Float64Array {
  const byId = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  const known = ids.map((id) => byId.get(id));
  const n = ids.length;
  const likeness = new Float64Array(n * n);
  for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) likeness[a * n + b] = alike(known[a], known[b]);
  return likeness;
}

function alike(a: Attraction | undefined, b: Attraction | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const all = new Set([...a.themes, ...b.themes]);
  if (all.size === 0) return 0;
  const both = new Set(a.themes).size + new Set(b.themes).size - all.size;
  const [short = 0, long = 0] = [a.durationMinutes, b.durationMinutes].sort((x = 0, y = 0) => x - y);
  return (both / all.size) * (short > 0 ? short / long : 1);
}
