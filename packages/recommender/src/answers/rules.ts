import type { Attraction, RecommendationRequest } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { RecommenderError } from '../errors.js';
import { limitOf, WITHIN } from './candidates.js';
import type { Recommendation, Recommendations, Recommender } from './recommender.js';

/**
 * Applies to every list, however it is made: by a model, by popularity, written, for a panel, topped up, under overload, of similar attractions. A rule is
 * called for one attraction at a time. It must be fast and pure: the same attraction and request always give the same result. The `at` of the request is a
 * number: milliseconds since 1970 on the clock of the park.
 */
export interface Rule {
  /** Its name in errors; unique: `closed`, `tall-enough`. */
  readonly name: string;
  /** Whether the attraction may be shown. Called only for attractions that would be on the list. */
  allows?(attraction: Attraction, request: RecommendationRequest): boolean;
  /**
   * A factor above 0 for the score; 1 changes nothing. A score below 0 is divided by it, so that a factor above 1 always moves an attraction up. Entries move
   * only within their source. For this the whole catalogue is ranked, not only the best of it.
   */
  boosts?(attraction: Attraction, request: RecommendationRequest): number;
  /**
   * How many attractions of one kind a list may have; those further down are left out, and the next ones move up. The whole catalogue is ranked for this too.
   */
  readonly caps?: Cap;
}

/** A limit on attractions of one kind. */
export interface Cap {
  /** 1 or more. */
  readonly most: number;
  /** The kind that an attraction counts for; each kind has a count of its own. Undefined: the attraction is not counted. */
  of(attraction: Attraction): string | undefined;
}

/** Returns its argument, typed. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Hides attractions, such as the rides that are closed today. */
export function closed(attractionIds: Iterable<string>): Rule {
  const ids = new Set(attractionIds);
  return { name: 'closed', allows: ({ attractionId }) => !ids.has(attractionId) };
}

/** At most so many attractions of a theme in one list. */
export function atMost(most: number, theme: string): Rule {
  return { name: `at-most-${most}-${theme}`, caps: { most, of: ({ themes }) => (themes.includes(theme) ? theme : undefined) } }; // prettier-ignore
}

/** Multiplies the score of some attractions. */
export function boost(factor: number, name: string, matches: (attraction: Attraction) => boolean): Rule {
  return { name, boosts: (attraction) => (matches(attraction) ? factor : 1) };
}

/**
 * Whether rules let an attraction be shown in answer to a request.
 * @throws RecommenderError RECOMMENDER_RULE_FAILED
 */
export function allowedBy(rules: readonly Rule[], attraction: Attraction, request: RecommendationRequest): boolean {
  return rules.every(
    (rule) => rule.allows === undefined || callRule(rule, () => rule.allows?.(attraction, request) === true),
  );
}

/** Calls a recommender under rules. */
export type RuleBook = (inner: Recommender, request: RecommendationRequest, firstPark?: string) => Recommendations;

/**
 * Prepares rules. A list is made in these steps: rank all attractions that may be shown, boost within each source, apply the caps from the top, cut to the
 * limit. Without rules the recommender is called directly.
 *
 * @returns a function that calls a recommender under the rules; the attractions of `firstPark` stay before all others
 * @throws RecommenderError at each call: RECOMMENDER_RULE_FAILED, and what the recommender throws
 */
export function ruleBook(generation: Generation, rules: readonly Rule[] = []): RuleBook {
  if (rules.length === 0) return (inner, request) => inner.recommend(request);
  const { attractions, itemOf } = generation;
  const rankAll = rules.some(({ boosts, caps }) => boosts !== undefined || caps !== undefined);
  const attractionOf = ({ attractionId }: Recommendation) =>
    attractions[itemOf.get(attractionId) as number] as Attraction;

  return (inner, request, firstPark) => {
    const limit = limitOf(request);
    const passes = (attraction: Attraction): boolean => allowedBy(rules, attraction, request);
    const asked = {
      ...request,
      limit: rankAll ? Math.max(limit, attractions.length) : limit,
      [WITHIN]: (item: number) => passes(attractions[item] as Attraction),
    };
    let answer = inner.recommend(asked);
    // A user's own recommender may not use `candidates`, but it must respect `exclude`.
    if (!answer.recommendations.every((entry) => passes(attractionOf(entry)))) {
      const barred = attractions.filter((attraction) => !passes(attraction)).map(({ attractionId }) => attractionId);
      answer = inner.recommend({ ...asked, exclude: [...(request.exclude ?? []), ...barred] });
    }
    if (!rankAll) return answer;
    const recommendations = capped(boosted(answer.recommendations)).slice(0, limit);
    return { ...answer, recommendations, source: recommendations[0]?.source ?? answer.source };

    function boosted(entries: readonly Recommendation[]): Recommendation[] {
      const scored = entries.map((entry) => {
        const attraction = attractionOf(entry);
        const score = rules.reduce((before, rule) => boostedBy(rule, attraction, before), entry.score);
        return { entry: { ...entry, score }, isFirst: attraction.park === firstPark };
      });
      // Each source, and the first park within it, is sorted by itself; the sort keeps the order of equal scores.
      const stretches: (typeof scored)[] = [];
      for (const next of scored) {
        const before = stretches.at(-1);
        const last = before?.at(-1);
        if (last?.entry.source === next.entry.source && last.isFirst === next.isFirst) before?.push(next);
        else stretches.push([next]);
      }
      return stretches.flatMap((each) => each.map(({ entry }) => entry).sort((a, b) => b.score - a.score));
    }

    function boostedBy(rule: Rule, attraction: Attraction, score: number): number {
      if (rule.boosts === undefined) return score;
      const factor = callRule(rule, () => rule.boosts?.(attraction, request)) as number;
      const value = score < 0 ? score / factor : score * factor;
      if (factor > 0 && Number.isFinite(value)) return value;
      throw failed(rule, `it boosts '${attraction.attractionId}' by ${factor}; give a number above 0`);
    }

    function capped(entries: readonly Recommendation[]): Recommendation[] {
      return rules.reduce<readonly Recommendation[]>((left, rule) => {
        const { caps } = rule;
        if (caps === undefined) return left;
        const counts = new Map<string, number>();
        return left.filter((entry) => {
          const kind = callRule(rule, () => caps.of(attractionOf(entry)));
          if (kind === undefined) return true;
          const count = (counts.get(kind) ?? 0) + 1;
          counts.set(kind, count);
          return count <= caps.most;
        });
      }, entries) as Recommendation[];
    }
  };
}

function callRule<T>(rule: Rule, answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    throw failed(rule, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function failed({ name }: Rule, reason: string, cause?: unknown): RecommenderError {
  return new RecommenderError('RECOMMENDER_RULE_FAILED', `The rule '${name}' failed: ${reason}.`, { cause });
}
