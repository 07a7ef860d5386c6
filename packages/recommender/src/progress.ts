/** The progress of a run. */
export interface ListsProgress {
  /** Users who have a list so far. */
  readonly users: number;
  readonly ofUsers: number;
  readonly usersPerSecond: number;
  readonly secondsLeft: number;
}

/** What a run did. */
export interface RecommendSummary {
  /** Update of `training/als` that made the lists. */
  readonly model: number;
  /** All users that the model knows. */
  readonly users: number;
  readonly entries: number;
  readonly limit: number;
  readonly park: string | null;
  /** The time that the lists are for: as configured, or the start of the run, in UTC. */
  readonly at: string;
  /** The experiments that split the users. */
  readonly experiments: readonly { readonly experiment: string; readonly version: number }[];
  readonly threads: number;
  /** The committed update: path and sequence number. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** Wall time of the whole run. */
  readonly seconds: number;
}

/** What draws a bar, where `isBar`. */
interface Bar {
  (progress: { readonly what: string; readonly done: number; readonly total: number; readonly unit: string }): void;
  readonly isBar: boolean;
}

/** Reports progress to `onProgress` or a bar, or else in ten log lines. */
export function reporter({
  logger,
  onProgress,
  progress: show,
}: {
  readonly logger: { info(facts: object, message: string): void };
  onProgress?(progress: ListsProgress): void;
  readonly progress?: Bar | undefined;
}): (progress: ListsProgress) => void {
  if (onProgress) return (progress) => onProgress(progress);
  if (show?.isBar) return ({ users, ofUsers }) => show({ what: 'lists', done: users, total: ofUsers, unit: 'users' });
  let reported = 0;
  return (progress) => {
    const { users, ofUsers, secondsLeft } = progress;
    const tenths = Math.floor((10 * users) / ofUsers);
    if (tenths === reported) return;
    reported = tenths;
    logger.info({ ...progress }, `lists for ${users} of ${ofUsers} users, ${secondsLeft.toFixed(1)} s left`);
  };
}

/** The summary of a run as text. */
export function summaryText(summary: RecommendSummary): string {
  const { users, entries, limit, park, at, model, experiments, feeds, seconds } = summary;
  const where = park === null ? 'all parks' : park;
  const names = experiments.map(({ experiment, version }) => `'${experiment}' version ${version}`);
  const split = names.length === 0 ? '' : `, split by experiment${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  return [
    `Listed ${entries} attractions for ${users} users, at most ${limit} each, of ${where} at ${at}, by model ${model}${split}.`,
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
    `Done in ${seconds.toFixed(1)} s.`,
  ].join('\n');
}
