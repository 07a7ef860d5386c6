import type { Command } from 'commander';
import { probeSources } from '@attractions/etl';
import type { Probe } from '@attractions/etl';

import { table } from '../table.js';
import { commandOf } from './command.js';
import type { PipelineContext, Runner } from './command.js';

/** What one look found. */
interface Look {
  /** `feeds`, `sources.visits`. */
  readonly what: string;
  readonly passed: boolean;
  readonly found: string;
  readonly code?: string;
  /** What the process exits with for it; 0 where it passed. */
  readonly exitCode: number;
  /** A few rows as they would be read. */
  readonly sample?: Probe['sample'];
}

/**
 * `attractions check`: settings, configuration file, sources and store, without doing work or writing anything. Settings and the file are checked before any
 * command starts, so what is left here is to look at what they name.
 */
export function checkCommand(run: Runner): Command {
  return commandOf(
    'check',
    'whether settings and configuration file are right, and what they name can be reached; reads a little, writes nothing',
  ).action(async () =>
    run(async (context) => {
      const looks = [...(await lookAtSources(context)), await lookAtFeeds(context)];
      const failed = looks.filter(({ passed }) => !passed);
      return {
        document: { passed: failed.length === 0, looks },
        text: () => looksText(looks),
        exitCode: Math.max(0, ...failed.map(({ exitCode }) => exitCode)),
      };
    }),
  );
}

const NO_SOURCE = 'There is no raw data: set RAW_DATA_PATH, or give sources in attractions.config.json.';

/** Each role by itself, so that one that fails does not hide the other. */
async function lookAtSources({ config, signal, own = {} }: PipelineContext): Promise<Look[]> {
  if (own.sources === undefined && config.rawDataPath === undefined)
    return [{ what: 'sources', passed: false, found: NO_SOURCE, exitCode: 2 }];
  const { from, ...options } = own.sources ?? {
    from: { visits: { type: 'sigir17', folder: config.rawDataPath } },
  };
  const looks: Look[] = [];
  for (const role of ['visits', 'attractions'] as const) {
    const settings = from[role];
    if (settings === undefined) continue;
    const what = `sources.${role}`;
    try {
      // A probe of attractions alone needs a source of visits to be named; that of visits is looked at on its own.
      const wanted = role === 'visits' ? { visits: settings } : { visits: from.visits, attractions: settings };
      const { [role]: probe } = await probeSources(wanted, { ...options, signal });
      looks.push({ what, passed: true, found: probe?.found ?? '', sample: probe?.sample ?? [], exitCode: 0 });
    } catch (error) {
      looks.push(failure(what, error));
    }
  }
  return looks;
}

async function lookAtFeeds({ store }: PipelineContext): Promise<Look> {
  try {
    const feeds = await store.list();
    const found = feeds.length === 0 ? `no feeds yet in ${store.root}` : `${feeds.length} feeds in ${store.root}`;
    return { what: 'feeds', passed: true, found, exitCode: 0 };
  } catch (error) {
    return failure('feeds', error);
  }
}

function failure(what: string, error: unknown): Look {
  const { code, exitCode = 1, message } = error as { code?: string; exitCode?: number; message: string };
  return { what, passed: false, found: message, exitCode, ...(code !== undefined && { code }) };
}

function looksText(looks: readonly Look[]): string {
  return looks
    .flatMap(({ what, passed, found, sample = [] }) => [
      `${passed ? 'ok  ' : 'FAIL'} ${what}: ${found}`,
      ...(sample.length > 0 ? [table(rowsOf(sample))] : []),
    ])
    .join('\n');
}

/** Rows as a table: one column for each key that any of them has. */
function rowsOf(sample: Probe['sample']): string[][] {
  const rows = sample.map((row) => new Map(Object.entries(row)));
  const keys = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value ?? ''));
  return [keys, ...rows.map((row) => keys.map((key) => shown(row.get(key))))];
}
