import { functionFault, loadConfigFile, readSections, schemaOf, shown } from '@attractions/config';
import type { Fault, Section } from '@attractions/config';
import type { ModelKind } from './kind.js';
import { BUILT_IN_KINDS } from './kinds/kinds.js';
import { namesIn } from './settings.js';

/** A built-in kind by its name, or a kind of your own. */
export type ListedKind = string | ModelKind;

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Kinds of model that are on, in the order of the chain: names of built-in ones, and kinds of your own. Instead of `MODELS`. */
    readonly models?: readonly ListedKind[];
  }
}

/** The section of kinds of model. */
export const modelsSection: Section<readonly ListedKind[]> = () =>
  schemaOf((value) => {
    if (!Array.isArray(value)) return [{ message: `is ${shown(value)}; give a list of names and kinds of model.` }];
    const names = value.map((listed: unknown) => (typeof listed === 'string' ? listed : Object(listed).name));
    return value.flatMap((listed: unknown, n) => {
      const faults = typeof listed === 'string' ? nameFaults(listed) : kindFaults(listed);
      if (faults.length === 0 && names.indexOf(names[n]) !== n)
        return [{ path: [n], message: `is ${shown(names[n])}, as an earlier one; give each once.` }];
      return faults.map(([key, message]) => ({ path: key === '' ? [n] : [n, key], message }));
    });
  });

/** The kinds of your own in a configuration file, for a thread that receives only its path. @throws ConfigError */
export async function ownKindsIn(path: string | undefined): Promise<readonly ModelKind[]> {
  return (await listIn(path))?.filter((listed) => typeof listed !== 'string') ?? [];
}

/** The list of a configuration file; undefined where it has none. @throws ConfigError */
async function listIn(path: string | undefined): Promise<readonly ListedKind[] | undefined> {
  if (path === undefined) return undefined;
  return (await readSections(await loadConfigFile(path), { models: modelsSection }, false)).models;
}

/** The kinds that are on: the list of a configuration file where it has one, or else the names in the setting. @throws ConfigError */
export async function listedKinds(
  { models }: { readonly models: string },
  configFile: string | undefined,
): Promise<readonly ListedKind[]> {
  return (await listIn(configFile)) ?? namesIn(models);
}

function nameFaults(name: string): readonly Fault[] {
  const known = BUILT_IN_KINDS.map((kind) => kind.name);
  return known.includes(name)
    ? []
    : [['', `is ${shown(name)}; give a kind of your own, or one of ${known.join(', ')}.`]];
}

function kindFaults(value: unknown): readonly Fault[] {
  const kind = Object(value) as Readonly<Record<string, unknown>>;
  const { name } = kind;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name))
    return [['name', `is ${shown(name)}; give lower-case letters, digits and hyphens.`]];
  const { path } = Object(kind['contract']) as { path?: unknown };
  return [
    ...(typeof path === 'string'
      ? []
      : [['contract', 'is missing; give the contract of the feed of its models.'] as const]),
    ...functionFault(kind, 'train'),
    ...functionFault(kind, 'scorer'),
  ];
}
