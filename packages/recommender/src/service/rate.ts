/** Most askers remembered at once; the one that asked longest ago is forgotten first. */
const MAX_ASKERS = 10_000;

interface Bucket {
  tokens: number;
  filledMs: number;
}

/**
 * A token bucket for each asker: `perSecond` requests a second on average, as many at once.
 * @returns whether this asker may ask now
 */
export function rateLimit(perSecond: number, now: () => number = () => performance.now()): (asker: string) => boolean {
  const buckets = new Map<string, Bucket>();
  return (asker) => {
    const nowMs = now();
    const bucket = buckets.get(asker) ?? { tokens: perSecond, filledMs: nowMs };
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((nowMs - bucket.filledMs) / 1_000) * perSecond);
    bucket.filledMs = nowMs;
    buckets.delete(asker);
    buckets.set(asker, bucket);
    if (buckets.size > MAX_ASKERS) buckets.delete(buckets.keys().next().value ?? '');
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
