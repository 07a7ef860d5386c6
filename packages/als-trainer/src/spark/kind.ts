import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AlsGeneration } from '@attractions/contracts';
import type { UpdateRecord } from '@attractions/feeds';
import { alsScoring } from '@attractions/models';
import type { ModelKind } from '@attractions/models';

import type { AlsOptions } from '../options.js';
import type { VisitFiles } from './pairs.js';
import type { SparkRun } from './train-on-spark.js';

/** The files of an update below the root of its store; undefined for feeds in memory. A bucket has the scheme that Spark knows it by. */
export function visitFiles(root: string, { feed, files, totals }: UpdateRecord): VisitFiles | undefined {
  if (/^memory:/i.test(root)) return undefined;
  const folder = seenAs(root);
  return { paths: files.map(({ path }) => `${folder}/${feed}/${path}`), rows: totals.rows };
}

function seenAs(root: string): string {
  const bucket = /^s3:[/][/]([^?]*)/i.exec(root)?.[1]?.replace(/[/]+$/, '');
  if (bucket !== undefined) return `s3a://${bucket}`;
  return /^file:/i.test(root) ? fileURLToPath(root) : resolve(root);
}

/** How ALS trains on Spark. */
export interface SparkKindRun extends Omit<SparkRun, 'signal'> {
  /** Is told the version of Spark after the training. */
  onVersion?(version: string): void;
}

/**
 * ALS with its training on Spark, which is loaded when it begins.
 *
 * @param options of `sparkOptions`
 */
export const sparkAlsKind = (options: AlsOptions, { onVersion, ...run }: SparkKindRun): ModelKind<AlsGeneration> => ({
  ...alsScoring,
  /** @throws as `trainOnSpark` */
  async train(visits, { signal }) {
    const { trainOnSpark } = await import('./train-on-spark.js');
    const { model, sparkVersion } = await trainOnSpark(visits, options, { ...run, signal });
    onVersion?.(sparkVersion);
    return model;
  },
});
