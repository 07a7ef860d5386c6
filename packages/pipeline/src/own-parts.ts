/** What a configuration file brings. Loaded only where there is one. */
import { loadConfigFile, readSections } from '@attractions/config';
import type { SectionValues } from '@attractions/config';
import { checksSection, eventsSection, sourcesSection } from '@attractions/etl';
import { modelsSection } from '@attractions/models/config-file';
import { recommenderSections } from '@attractions/recommender';

/** The sections that the file may have. */
const sections = {
  sources: sourcesSection,
  events: eventsSection,
  checks: checksSection,
  models: modelsSection,
  ...recommenderSections,
};

/** Code and data of the user's own, and the file that they come from, so that a thread can load them too. */
export type OwnParts = SectionValues<typeof sections> & { readonly configFile?: string };

/** @throws ConfigError with every problem of the file */
export async function ownPartsIn(path: string): Promise<OwnParts> {
  return { ...(await readSections(await loadConfigFile(path), sections, true)), configFile: path };
}
