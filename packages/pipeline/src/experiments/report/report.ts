/** `attractions experiment report`. Imported when it runs: it brings an engine along. */
import { writeFile } from 'node:fs/promises';
import { findingsOf } from '@attractions/experiments';

import type { PipelineContext } from '../../commands/command.js';
import { gather } from './gather.js';
import { experimentPage } from './page.js';
import type { ExperimentReport } from './text.js';

export { reportText } from './text.js';

/** What is reported. */
export interface ReportOptions {
  readonly experiment?: string | undefined;
  readonly version?: number | undefined;
  /** Days after a list within which a visit follows it. */
  readonly days: number;
  /** A page to be written; its findings as JSON are written beside it. */
  readonly html?: string | undefined;
}

/** More than that in memory does not make it faster. */
const ENGINE_MB = 500;

/** Reads an experiment out of the feeds, and writes the page that was asked for. */
export async function reportExperiment(
  { experiment, version, days, html }: ReportOptions,
  { config, store, signal, own }: PipelineContext,
): Promise<ExperimentReport> {
  const begin = performance.now();
  const wanted = {
    experiment,
    version,
    metrics: own?.experiments?.metrics ?? [],
    followedDays: days,
    isAssignedWanted: true,
    engine: { ...config, etlMemoryMb: Math.min(config.etlMemoryMb, ENGINE_MB) },
  };
  const { gathered, passedOver } = await gather(store, wanted, { signal });
  const findings = findingsOf(gathered, { intendedUsers: own?.experiments?.intendedUsers });
  const files: string[] = [];
  if (html !== undefined) {
    const json = html.replace(/([.]html?)?$/, '.json');
    await writeFile(html, experimentPage(findings, `From the feeds in ${store.root}. The same figures: ${json}`));
    await writeFile(json, `${JSON.stringify({ ...findings, passedOver }, null, 2)}\n`);
    files.push(html, json);
  }
  return { ...findings, passedOver, seconds: (performance.now() - begin) / 1_000, files };
}
