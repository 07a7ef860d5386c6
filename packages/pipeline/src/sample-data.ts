import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { visits } from '@attractions/contracts';

import type { PipelineContext } from './commands/command.js';
import { PipelineError } from './errors.js';

/** The generated visits that ship with this package, in the layout of the published data set. */
const SAMPLE_DATA = fileURLToPath(new URL('../dist/sample-data', import.meta.url));

/** The first folders of the sample's files, by which an update made of them is told from others. */
const SAMPLE_FILE = /^(userVisits|poiList)-sample\//;

/**
 * The same context, reading the sample data. Never by accident: it has to be asked for, and feeds that hold visits of somebody's own are refused, so that
 * they never serve a model of invented people.
 * @throws PipelineError PIPELINE_USAGE, PIPELINE_OTHER_VISITS
 */
export async function withSampleData<C extends Pick<PipelineContext, 'config' | 'store' | 'own'>>(
  context: C,
): Promise<C> {
  const { config, store } = context;
  const own = config.rawDataPath === undefined ? undefined : `RAW_DATA_PATH is '${config.rawDataPath}'`;
  const clash = context.own?.sources ? `${context.own.configFile} has sources` : own;
  if (clash !== undefined)
    throw new PipelineError(
      'PIPELINE_USAGE',
      `${clash}, and --sample asks for the sample data; leave one of them out.`,
    );
  if (!existsSync(SAMPLE_DATA)) throw new Error(`The sample data are not in ${SAMPLE_DATA}; build the package again.`);
  const feed = store.feed(visits);
  if (await feed.head()) {
    const { sources } = (await feed.latest()).record;
    if (sources.length === 0 || !sources.every(({ path }) => SAMPLE_FILE.test(path)))
      throw new PipelineError(
        'PIPELINE_OTHER_VISITS',
        `The feeds in '${store.root}' hold visits that are not of the sample data; set FEEDS_ROOT to another folder for the sample.`,
      );
  }
  return { ...context, config: { ...config, rawDataPath: SAMPLE_DATA } };
}
