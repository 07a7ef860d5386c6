/** The contents of the configuration file. Imported only if there is a file. */
import { basename } from 'node:path';
import { ConfigError, loadConfigFile, readSections } from '@attractions/config';
import type { SectionValues } from '@attractions/config';
import { checksSection, eventsSection, pseudonymizeSection, sourcesSection } from '@attractions/etl';
import { evaluationSections } from '@attractions/evaluation';
import { modelsSection } from '@attractions/models/config-file';
import { recommenderSections } from '@attractions/recommender';

import { experimentsSection, keepSection } from './config-file.js';

/** The sections that the file may have. */
const sections = {
  sources: sourcesSection,
  events: eventsSection,
  checks: checksSection,
  pseudonymize: pseudonymizeSection,
  keep: keepSection,
  experiments: experimentsSection,
  models: modelsSection,
  ...recommenderSections,
  ...evaluationSections,
};

/** The user's own code and data, and the file they come from, so that threads can load it too. */
export type OwnParts = SectionValues<typeof sections> & { readonly configFile?: string };

/** @throws ConfigError with every problem of the file */
export async function ownPartsIn(path: string): Promise<OwnParts> {
  const own = await readSections(await loadConfigFile(path), sections, true);
  const problems = sameNames(own).map((problem) => `${basename(path)}: ${problem}`);
  if (problems.length > 0) throw new ConfigError('CONFIG_FILE_INVALID', problems);
  return { ...own, configFile: path };
}

/** Names that are given in two sections, where panels or reports could not tell which is meant. */
function sameNames({ models = [], recommenders = {}, baselines = [] }: OwnParts): string[] {
  const kinds = models.flatMap((listed) => (typeof listed === 'string' ? [] : [listed.name]));
  const named = [
    ...Object.keys(recommenders).map((name) => [`recommenders.${name}`, name] as const),
    ...baselines.map(({ name }, n) => [`baselines[${n}].name`, name] as const),
  ];
  return named
    .filter(([, name]) => kinds.includes(name))
    .map(([key]) => `${key} is the name of a kind of model too; rename one.`);
}
