import type { Command } from 'commander';
import type { JudgedRows, Probe, RefusedRow } from '@attractions/etl';

import { grouped, table } from '../text.js';
import { commandOf } from './command.js';
import type { PipelineContext, Runner } from './command.js';

/** The result of one check. */
interface Look {
  /** `feeds`, `sources.visits`. */
  readonly what: string;
  readonly passed: boolean;
  readonly found: string;
  readonly code?: string;
  /** The exit code for it; 0 if it passed. */
  readonly exitCode: number;
  /** The first rows as they would be read, or the reason of a refusal. */
  readonly sample?: Probe['sample'];
  /** How many of the first rows were read, and how many of them would be refused. */
  readonly rows?: number;
  readonly refused?: number;
  /** The first rows and values that would be refused. */
  readonly refusals?: Probe['sample'];
}

/** Rows that are shown of each source. */
const SHOWN_ROWS = 10;

/** Refused rows that are shown in addition. */
const SHOWN_REFUSALS = 5;

/**
 * `attractions check`: settings, configuration file, sources and store, without doing work or writing anything. Settings and the file are checked before any
 * command starts, so this checks what they name.
 */
export function checkCommand(run: Runner): Command {
  return commandOf(
    'check',
    'checks settings and configuration file, and whether sources and store can be reached; shows the first rows as they would be read, writes nothing',
  ).action(async () =>
    run(async (context) => {
      const looks = [...(await lookAtSources(context)), ...(await lookAtEngine(context)), await lookAtFeeds(context)];
      const failed = looks.filter(({ passed }) => !passed);
      return {
        document: { passed: failed.length === 0, looks },
        text: () => looksText(looks),
        exitCode: Math.max(0, ...failed.map(({ exitCode }) => exitCode)),
      };
    }),
  );
}

const NO_SOURCE =
  'There is no raw data: set RAW_DATA_PATH, or give sources in a configuration file; attractions init PATH writes one.';

/** Checks each role by itself, so that a failure of one does not hide the other. */
async function lookAtSources({ config, signal, own = {} }: PipelineContext): Promise<Look[]> {
  if (own.sources === undefined && config.rawDataPath === undefined)
    return [{ what: 'sources', passed: false, found: NO_SOURCE, exitCode: 2 }];
  const { from, ...given } = own.sources ?? {
    from: { visits: { type: 'sigir17', folder: config.rawDataPath } },
  };
  const { judgeAttractions, judgeVisits, probeSources, pseudonymKeyOf } = await import('../extracting.js');
  const options = { ...given, signal };
  const { visits, attractions } = from;
  // A probe of attractions needs the name of a source of visits, which is checked by itself.
  const attractionsLook =
    attractions &&
    (await looked('sources.attractions', config.maxRejectShare, async () => {
      const { attractions: probe } = await probeSources({ visits, attractions }, options);
      return { probe, judged: await judgeAttractions(probe?.sample ?? [], { signal }) };
    }));
  const visitsLook = await looked('sources.visits', config.maxRejectShare, async () => {
    const pseudonymKey = pseudonymKeyOf(config, own.pseudonymize);
    const { visits: probe } = await probeSources({ visits }, options);
    const known = attractionsLook?.sample ? attractions : undefined;
    const judging = {
      ...options,
      sequenceGapHours: config.sequenceGapHours,
      ...(own.events && { events: own.events }),
      ...(pseudonymKey !== undefined && { pseudonymKey }),
    };
    return { probe, judged: await judgeVisits(probe?.sample ?? [], known, judging) };
  });
  return [visitsLook, ...(attractionsLook ? [attractionsLook] : [])];
}

/** A server has to answer, and to share files. */
async function lookAtEngine({ config }: Pick<PipelineContext, 'config'>): Promise<Look[]> {
  if (config.engine === 'duckdb') return [];
  const { engineOf } = await import('../extracting.js');
  const what = 'engine';
  try {
    const engine = engineOf(config);
    try {
      await engine.open();
    } finally {
      await engine.close();
    }
    const found = 'The server of SPARK_REMOTE answers, and shares the folder for temporary files with this machine.';
    return [{ what, passed: true, found, exitCode: 0 }];
  } catch (error) {
    return [failure(what, error)];
  }
}

async function looked(
  what: string,
  maxRejectShare: number,
  look: () => Promise<{ readonly probe: Probe | undefined; readonly judged: JudgedRows }>,
): Promise<Look> {
  try {
    const { probe, judged } = await look();
    const { rows, refused, sample, cells } = judged;
    const isTooBad = rows > 0 && refused / rows > maxRejectShare;
    const told = `${probe?.found ?? ''} Of the first ${grouped(rows)} rows ${refused === 0 ? 'none' : grouped(refused)} would be refused`;
    return {
      what,
      passed: !isTooBad,
      found: isTooBad ? `${told}, more than the share of ${maxRejectShare} that MAX_REJECT_SHARE allows.` : `${told}.`,
      exitCode: isTooBad ? 3 : 0,
      sample: sample.slice(0, SHOWN_ROWS),
      rows,
      refused,
      refusals: [...sample.filter((row) => 'refused' in row), ...cells].slice(0, SHOWN_REFUSALS),
    };
  } catch (error) {
    return failure(what, error);
  }
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
    .flatMap(({ what, passed, found, sample = [], refusals = [] }) => [
      `${passed ? 'ok  ' : 'FAIL'} ${what}: ${found}`,
      ...(sample.length > 0 ? [table(rowsOf(sample))] : []),
      ...(refusals.length > 0 ? ['Refused would be, among others:', ...refusals.map(refusalText)] : []),
    ])
    .join('\n');
}

/** The position of a row is only shown for refused rows. */
const HIDDEN = ['file', 'text', 'column'];

/** Rows as a table: one column for each key of any row. */
function rowsOf(sample: Probe['sample']): string[][] {
  const rows = sample.map((row) => new Map<string, unknown>(Object.entries(row)));
  const all = new Set(rows.flatMap((row) => [...row.keys()]));
  const others = [...all].filter((key) => ![...HIDDEN, 'line', 'refused'].includes(key));
  const keys = ['line', ...others, 'refused'].filter((key) => all.has(key));
  const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value ?? ''));
  return [keys, ...rows.map((row) => keys.map((key) => shown(row.get(key))))];
}

function refusalText(row: Probe['sample'][number]): string {
  const { file, line, column = '', refused, text } = row as Partial<RefusedRow>;
  const place = `${file ?? 'row'}:${line ?? '?'}${column === '' ? '' : ` (${column})`}`;
  return `  ${place}: ${refused ?? ''}${text === undefined ? '' : `  ${text.slice(0, 120)}`}`;
}
