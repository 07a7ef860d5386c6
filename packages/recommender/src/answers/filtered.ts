import type { Recommender } from './recommender.js';

/** Filters that stand whatever a request says. */
export interface StandingFilters {
  /** Only these attractions, and of them only those that a request allows. */
  readonly allow?: readonly string[];
  /** Never these, such as the rides closed today, besides those that a request excludes. */
  readonly exclude?: readonly string[];
}

/** Adds filters to every request. They narrow: a request cannot lift them. */
export function withFilters(inner: Recommender, { allow, exclude = [] }: StandingFilters): Recommender {
  const allowed = allow && new Set(allow);
  return {
    recommend: (request) =>
      inner.recommend({
        ...request,
        allow: allowed === undefined ? request.allow : (request.allow?.filter((id) => allowed.has(id)) ?? allow),
        exclude: request.exclude === undefined ? exclude : [...exclude, ...request.exclude],
      }),
  };
}
