import type { TrainSummary } from '@attractions/als-trainer';
import { plural } from '@attractions/config';
import type { EtlSummary, Tally } from '@attractions/etl';

import type { KeepSummary } from './keep/keep.js';
import { grouped, table } from './text.js';
import type { SampleAnswer } from './sample.js';

/** What `attractions run` reports, through feeds or in memory. */
export interface RunSummary extends Tally {
  readonly rank: number;
  /** After each iteration. */
  readonly loss: readonly number[];
  /** One visitor of each panel of the experiment. */
  readonly recommendations: readonly SampleAnswer[];
  /** The committed updates; none in memory. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** What was given up after the run, or would be; absent without the section `keep`. */
  readonly keep?: KeepSummary;
  /** What was read of the raw data, and the visits that hold all of it where nothing was new; absent in memory. */
  readonly read?: EtlSummary['read'];
  readonly unchanged?: EtlSummary['unchanged'];
  /** The latest model, where training would have made it again, so nothing was trained. */
  readonly unchangedModel?: TrainSummary['unchanged'];
  /** Wall time of the run, without the start of the process. */
  readonly seconds: number;
}

/** The summary of a run as text. */
export function runText(summary: RunSummary): string {
  const { rank, loss, recommendations, feeds, seconds } = summary;
  const next = feeds.length > 0 ? ' Next: attractions serve, attractions recommend USER, attractions feeds.' : '';
  return [
    tallyText(summary),
    ...readText(summary),
    lossText(rank, loss),
    ...sameModelText(summary.unchangedModel),
    ...(feeds.length > 0 ? [feedsText(feeds)] : []),
    '',
    ...recommendations.map((answer) => `${answerText(answer)}\n`),
    `Done in ${seconds.toFixed(2)} s.${next}`,
  ].join('\n');
}

/** The summary of an ETL as text. */
export function etlText(summary: EtlSummary): string {
  const { feeds } = summary;
  return [tallyText(summary), ...readText(summary), ...(feeds.length > 0 ? [feedsText(feeds)] : [])].join('\n');
}

/** What of it was read, where that was not all. */
function readText({ read, unchanged }: Pick<RunSummary, 'read' | 'unchanged'>): string[] {
  if (unchanged)
    return [`Nothing is new since update ${unchanged.seq} of ${unchanged.feed}, so nothing was read or put.`];
  return read === 'new' ? ['Only what is new was read.'] : [];
}

/** The summary of a training as text. */
export function trainText({ rank, loss, feeds, unchanged }: TrainSummary): string {
  const values = loss.map((entry) => entry.loss);
  return [lossText(rank, values), ...(unchanged ? sameModelText(unchanged) : [feedsText(feeds)])].join('\n');
}

function sameModelText(model: TrainSummary['unchanged']): string[] {
  if (model === undefined) return [];
  return [
    `Nothing is new since model ${model.seq}: visits, settings and release are the same, so nothing was trained; --full trains again.`,
  ];
}

/** The list of one visitor, with its source and what was assumed. */
export function answerText({ userId, panel, source, recommendations, assumed = {} }: SampleAnswer): string {
  const drawn = panel ? `, panel '${panel.panel}' of experiment '${panel.experiment}' (bucket ${panel.bucket})` : '';
  const { at, timeZone, park } = assumed;
  const taken = [
    ...(at === undefined ? [] : [`at ${at.slice(0, 16)} (${timeZone})`]),
    ...(park === undefined
      ? []
      : [park === null ? 'in all parks, without a recent visit' : `first in ${park}, after a recent visit`]),
  ];
  const where = taken.length > 0 ? `, ${taken.join(', ')}` : '';
  return `For visitor ${userId}${drawn}${where}, answered by ${source}:\n${recommendationsText({ recommendations })}`;
}

/** A list as a table, best first. */
export function recommendationsText({ recommendations }: Pick<SampleAnswer, 'recommendations'>): string {
  const rows = recommendations.map(({ attractionId, name, score, source, reason }, index) => [
    index + 1,
    name,
    attractionId,
    score.toFixed(3),
    source,
    reason ?? '',
  ]);
  return table([['', 'attraction', 'id', 'score', 'source', 'reason'], ...rows]);
}

function tallyText({ rows, kept, rejected, duplicates, visits, users, attractions, parks }: Tally): string {
  return [
    `Read       ${grouped(rows)} ${plural(rows, 'row')}: ${grouped(kept)} kept, ${grouped(rejected)} rejected, ${grouped(duplicates)} repeated`,
    `Found      ${grouped(visits)} ${plural(visits, 'visit')} of ${grouped(users)} ${plural(users, 'user')} to ${grouped(attractions)} ${plural(attractions, 'attraction')} in ${grouped(parks)} ${plural(parks, 'park')}`,
  ].join('\n');
}

function lossText(rank: number, loss: readonly number[]): string {
  return `Trained    rank ${rank}, loss by iteration: ${loss.map((value) => value.toPrecision(5)).join(' ')}`;
}

function feedsText(feeds: RunSummary['feeds']): string {
  return feeds
    .map(({ feed, seq }, index) => `${index === 0 ? 'Committed' : '         '}  ${feed}, update ${seq}`)
    .join('\n');
}
