import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { functionFault, loadConfigFile, namedList, readSections, schemaOf, shown } from '@attractions/config';
import type { Fault, Section } from '@attractions/config';
import { experimentProblem } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { BUILT_IN_KINDS } from '@attractions/models';
import type { Composition, OwnRecommenders } from './answers/compose.js';
import type { Mapping } from './answers/mapping.js';
import type { Rule } from './answers/rules.js';

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Apply to every list, in the order given. */
    readonly rules?: readonly Rule[];
    /**
     * Lists written for some users: an object of lists by user, or the path of a file. JSON is such an object; CSV has the columns `user` and `attraction`,
     * one attraction a line, best first.
     */
    readonly mapping?: string | Readonly<Record<string, readonly string[]>>;
    /** Runs while the feed of experiments is empty; `attractions experiment start` puts one there. */
    readonly experiment?: Experiment;
    /** Recommenders for panels of an experiment, by the names that panels use; each is topped up by the chain. */
    readonly recommenders?: OwnRecommenders;
  }
}

/** The sections of the configuration file that change lists. */
export const recommenderSections: {
  readonly rules: Section<readonly Rule[]>;
  readonly mapping: Section<Mapping>;
  readonly experiment: Section<Experiment>;
  readonly recommenders: Section<OwnRecommenders>;
} = {
  rules: () => namedList<Rule>('rules', ruleFaults),
  mapping: mappingSection,
  experiment: () =>
    schemaOf<Experiment>((value) => {
      const problem = experimentProblem(value);
      return problem === undefined ? [] : [{ message: problem }];
    }),
  recommenders: () => schemaOf<OwnRecommenders>(recommendersIssues),
};

/**
 * What a configuration file adds to a recommender. For threads and processes that get only the path of the file.
 * @throws ConfigError
 */
export async function compositionIn(
  path: string | undefined,
): Promise<Pick<Composition, 'rules' | 'mapping' | 'experiments' | 'recommenders'>> {
  if (path === undefined) return {};
  const { experiment, ...parts } = await readSections(await loadConfigFile(path), recommenderSections, false);
  return { ...parts, ...(experiment && { experiments: [experiment] }) };
}

function recommendersIssues(value: unknown) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ message: `is ${shown(value)}; give an object of functions that make a recommender.` }];
  const taken = [...BUILT_IN_KINDS.map(({ name }) => name), 'mapping'];
  return Object.entries(value).flatMap(([name, make]) => {
    if (taken.includes(name)) return [{ path: [name], message: 'has a name that there is already; rename yours.' }];
    if (typeof make === 'function') return [];
    return [{ path: [name], message: `is ${shown(make)}; give a function from a generation to a recommender.` }];
  });
}

function ruleFaults(entry: Readonly<Record<string, unknown>>): readonly Fault[] {
  const { allows, boosts, caps } = entry;
  if (allows === undefined && boosts === undefined && caps === undefined)
    return [['allows', 'is missing; give it, boosts or caps.']];
  const faults = ['allows', 'boosts']
    .filter((key) => entry[key] !== undefined)
    .flatMap((key) => functionFault(entry, key));
  if (caps === undefined) return faults;
  const { most, of } = Object(caps) as { most?: unknown; of?: unknown };
  if (!(Number.isInteger(most) && Number(most) >= 1))
    faults.push(['caps.most', `is ${shown(most)}; give a whole number of 1 or more.`]);
  if (typeof of !== 'function') faults.push(['caps.of', `is ${shown(of)}; give a function.`]);
  return faults;
}

function mappingSection(folder: string) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'attractions',
      async validate(value: unknown) {
        try {
          return { value: mappingOf(typeof value === 'string' ? await readLists(resolve(folder, value)) : value) };
        } catch (error) {
          const words = error instanceof Error ? error.message : String(error);
          return {
            issues: [
              {
                message: `is ${typeof value === 'string' ? `'${value}', which cannot be used` : 'not a mapping'}: ${words}`,
              },
            ],
          };
        }
      },
    },
  };
}

/** The lists of a file, not checked yet. */
async function readLists(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  if (!path.toLowerCase().endsWith('.csv')) return JSON.parse(text);
  const { parse } = await import('csv-parse/sync');
  const lists = new Map<string, string[]>();
  for (const row of parse(text, { bom: true, columns: true, skipEmptyLines: true, trim: true }) as Record<
    string,
    string
  >[]) {
    const { user = '', attraction = '' } = row;
    if (user === '' || attraction === '')
      throw new Error(`The row ${JSON.stringify(row)} lacks a user or an attraction; give both columns.`);
    const list = lists.get(user);
    if (list) list.push(attraction);
    else lists.set(user, [attraction]);
  }
  return Object.fromEntries(lists);
}

function mappingOf(value: unknown): Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('Give an object with a list of attraction ids for each user.');
  const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  for (const [user, list] of entries)
    if (!Array.isArray(list) || !list.every((id) => typeof id === 'string'))
      throw new Error(`The list of '${user}' is ${shown(list)}; give a list of attraction ids.`);
  return new Map(entries as [string, string[]][]);
}
