import { EtlError } from './errors.js';
import type { JudgedLoad } from './settle.js';

const EXAMPLES_SHOWN = 3;

/** The first lines that were refused, with their reasons. */
export function examples({ rejects }: JudgedLoad): string[] {
  return rejects.slice(0, EXAMPLES_SHOWN).map(({ file, line, column, reason }) => {
    return `${file}:${line}${column === '' ? '' : ` (${column})`}: ${reason}`;
  });
}

/**
 * Refuses raw data of which too little was kept.
 *
 * @param place what they were read from, for the message
 * @throws EtlError ETL_TOO_MANY_REJECTS, ETL_NO_VISITS
 */
export function refuseBadLines(loaded: JudgedLoad, maxRejectShare: number, place: string): void {
  const { rows, kept, rejected } = loaded.tally;
  if (rows > 0 && rejected / rows > maxRejectShare)
    throw new EtlError(
      'ETL_TOO_MANY_REJECTS',
      `${rejected} of ${rows} visit lines in ${place} were refused, more than the share of ${maxRejectShare} that MAX_REJECT_SHARE allows; ` +
        `nothing was committed. Fix the data or the setting. The first ones:\n${examples(loaded).join('\n')}`,
    );
  if (kept === 0)
    throw new EtlError('ETL_NO_VISITS', `Not one of ${rows} visit lines in ${place} was kept; nothing was committed.`);
}

/**
 * Refuses a run that is unlike the updates before it, unless that is accepted.
 *
 * @param updates how many there are
 * @returns what is accepted, in a sentence; undefined where nothing has to be
 * @throws EtlError ETL_UNLIKE_BEFORE
 */
export function refuseUnlike(problems: readonly string[], updates: number, accept = false): string | undefined {
  if (problems.length === 0) return undefined;
  const unlike = updates === 0 ? 'The data break a rule of checks' : 'The data are unlike the last updates';
  if (accept) return `${unlike}; they are accepted this once, and later runs are compared with them.`;
  const listed = problems.map((problem) => `- ${problem}`).join('\n');
  throw new EtlError(
    'ETL_UNLIKE_BEFORE',
    `${unlike}; nothing was committed.\n${listed}\nIf files are missing, because of a mount, an upload or an export that is not whole, complete them and run again. ` +
      'If the data are right, run attractions etl or attractions run once with --accept; rules that do not fit your data are changed in the section checks of the configuration file.',
  );
}
