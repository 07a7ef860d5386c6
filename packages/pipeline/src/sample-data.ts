import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { visits } from '@attractions/contracts';

import type { PipelineContext } from './commands/command.js';
import { PipelineError } from './errors.js';

/** The generated visits that ship with this package, in the layout of the published data set. */
const SAMPLE_DATA = fileURLToPath(new URL('../dist/sample-data', import.meta.url));

/** How files of the sample data begin: an update of visits names the files it was made from. */
const SAMPLE_FILE = /^(userVisits|poiList)-sample\//;

/**
 * The same context, reading the sample data in place of RAW_DATA_PATH. Feeds that hold visits of other data are refused, so that they never serve a model
 * of invented visitors.
 * @throws PipelineError PIPELINE_USAGE where the configuration file has sources, PIPELINE_OTHER_VISITS
 */
export async function withSampleData<C extends Pick<PipelineContext, 'config' | 'store' | 'logger' | 'own'>>(
  context: C,
): Promise<C> {
  const { config, store, logger, own = {} } = context;
  if (own.sources)
    throw new PipelineError(
      'PIPELINE_USAGE',
      `${own.configFile} has sources, and --sample reads the sample data instead; leave out --sample, or name another file with --config.`,
    );
  if (!existsSync(SAMPLE_DATA)) throw new Error(`The sample data are not in ${SAMPLE_DATA}; build the package again.`);
  const feed = store.feed(visits);
  if (await feed.head()) {
    const { sources } = (await feed.latest()).record;
    if (sources.length === 0 || !sources.every(({ path }) => SAMPLE_FILE.test(path)))
      throw new PipelineError(
        'PIPELINE_OTHER_VISITS',
        `The feeds in '${store.root}' hold visits of other data than the sample; set FEEDS_ROOT to another folder for the sample.`,
      );
  }
  if (config.rawDataPath !== undefined)
    logger.info(`Reading the sample data because of --sample, not RAW_DATA_PATH, which is '${config.rawDataPath}'.`);
  return { ...context, config: { ...config, rawDataPath: SAMPLE_DATA } };
}
