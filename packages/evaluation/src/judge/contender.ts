import type { Request } from '../splits/split.js';
import type { VisitLog } from '../visit-log.js';

/** A score for every attraction of the log, by number; higher is better. Scores of visited attractions are ignored. */
export type Scorer = (request: Request) => ArrayLike<number>;

/** A recommender that can be judged. It never sees the answers: it learns first, then scores the requests in order of time. */
export interface Contender {
  readonly name: string;
  /** What it does, in a sentence, for the report. */
  readonly description: string;
  learn(training: VisitLog): Scorer | Promise<Scorer>;
}
