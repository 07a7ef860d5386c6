import type { Attraction, RecommendationRequest } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { RecommenderError } from '../errors.js';
import { limitOf, WITHIN } from './candidates.js';
import type { Recommendation, Recommendations, Recommender } from './recommender.js';

/**
 * What holds for every list, whichever way it is made: of a model, popular, written, of a panel, topped up, degraded, similar. A rule is asked about attractions
 * one by one and must be quick and pure: the same attraction and request, the same answer. Of a request `at` is a number, milliseconds since 1970 on the
 * clock of the park.
 */
export interface Rule {
  /** What errors call it; unique: `closed`, `tall-enough`. */
  readonly name: string;
  /** Whether the attraction may be shown. Asked only where it would be on the list. */
  allows?(attraction: Attraction, request: RecommendationRequest): boolean;
  /**
   * What the score is multiplied by, above 0; 1 leaves it. A score below 0 is divided, so that above 1 is always up. Entries change places within their source
   * alone. For this the whole catalogue is ranked, not only the best of it.
   */
  boosts?(attraction: Attraction, request: RecommendationRequest): number;
  /** How many of a kind one list may hold; those further down make room for the next. The whole catalogue is ranked for this too. */
  readonly caps?: Cap;
}

/** A bound on attractions of a kind. */
export interface Cap {
  /** 1 or more. */
  readonly most: number;
  /** The kind that an attraction counts for, each has a count of its own; undefined: it is not counted. */
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
    (rule) => rule.allows === undefined || told(rule, () => rule.allows?.(attraction, request) === true),
  );
}

/** Asks a recommender under rules. */
export type RuleBook = (inner: Recommender, request: RecommendationRequest, firstPark?: string) => Recommendations;

/**
 * Prepares rules. Lists are what they would be if all that may be shown were ranked, boosted within each source, capped from the top, and cut to the limit.
 * Where there is no rule, the recommender is asked as it stands.
 *
 * @returns to ask under the rules; `firstPark`: its attractions stay before all others
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
    // A recommender of the user's own may read the request without `candidates`; it keeps to what the request excludes.
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
      // Each source, and the first park within it, is a stretch of its own; a sort keeps the order of equal scores.
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
      const factor = told(rule, () => rule.boosts?.(attraction, request)) as number;
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
          const kind = told(rule, () => caps.of(attractionOf(entry)));
          if (kind === undefined) return true;
          const count = (counts.get(kind) ?? 0) + 1;
          counts.set(kind, count);
          return count <= caps.most;
        });
      }, entries) as Recommendation[];
    }
  };
}

function told<T>(rule: Rule, answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    throw failed(rule, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function failed({ name }: Rule, reason: string, cause?: unknown): RecommenderError {
  return new RecommenderError('RECOMMENDER_RULE_FAILED', `The rule '${name}' failed: ${reason}.`, { cause });
}
