import { resolve } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { EtlError } from '../errors.js';
import { csv, jsonl, parquet } from '../files/sources.js';
import { postgres } from '../postgres/source.js';
import { sigir17 } from '../sigir17/source.js';
import type { Probe, Source } from './source.js';

/** A source by its type, with its options beside it. */
export interface ChosenSettings {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Which sources a load reads. */
export interface SourceSettings {
  readonly visits: ChosenSettings;
  /** Default: the attractions that the visits' source has too; without any, attractions are what is visited. */
  readonly attractions?: ChosenSettings;
}

/** One thing that is wrong with a {@link SourceSettings}. */
export interface SourceProblem {
  /** `sources.visits.folder` */
  readonly path: string;
  readonly message: string;
}

/** A source with its validated options. */
export interface ChosenSource {
  readonly source: Source;
  readonly options: unknown;
}

/** The sources of a load. */
export interface ChosenSources {
  readonly visits: ChosenSource;
  readonly attractions?: ChosenSource;
}

type Role = keyof SourceSettings;

const ROLES: readonly Role[] = ['visits', 'attractions'];

/** The sources that need no import. */
export const BUILT_IN_SOURCES: readonly Source[] = [csv, jsonl, parquet, postgres, sigir17];

/**
 * Finds the sources that the settings name among the built-in ones and the user's own, and validates their options.
 * @throws EtlError ETL_SOURCES_INVALID with every problem and its path.
 */
export async function chooseSources(settings: unknown, own: readonly Source[] = []): Promise<ChosenSources> {
  const { chosen, problems } = await judge(settings, own);
  if (problems.length > 0 || chosen.visits === undefined) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    throw new EtlError('ETL_SOURCES_INVALID', `The sources are configured wrongly:\n${lines.join('\n')}`);
  }
  return { ...chosen, visits: chosen.visits };
}

/** Everything that is wrong with the settings; empty where all is well. Opens nothing. */
export async function checkSources(settings: unknown, own: readonly Source[] = []): Promise<readonly SourceProblem[]> {
  return (await judge(settings, own)).problems;
}

/**
 * Takes a cheap look at each source that the settings name.
 * @throws EtlError ETL_SOURCES_INVALID as {@link chooseSources} does, ETL_SOURCE_FAILED, or the code of a built-in source.
 */
export async function probeSources(
  settings: unknown,
  {
    sources,
    signal,
    baseFolder = '.',
  }: { readonly sources?: readonly Source[]; readonly signal?: AbortSignal; readonly baseFolder?: string } = {},
): Promise<Readonly<Partial<Record<Role, Probe>>>> {
  const chosen = await chooseSources(settings, sources);
  const probes: Partial<Record<Role, Probe>> = {};
  for (const role of ROLES) {
    const { source, options } = chosen[role] ?? {};
    if (source)
      probes[role] = await source
        .probe(options, { baseFolder: resolve(baseFolder), ...(signal && { signal }) })
        .catch(sourceFailed(source, signal));
  }
  return probes;
}

/** Throws what a source threw: an EtlError and an aborted signal's reason as they are, anything else as ETL_SOURCE_FAILED. */
export function sourceFailed({ type }: Source, signal?: AbortSignal): (cause: unknown) => never {
  return (cause) => {
    signal?.throwIfAborted();
    if (cause instanceof EtlError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EtlError('ETL_SOURCE_FAILED', `The source '${type}' failed: ${reason}`, { cause });
  };
}

async function judge(settings: unknown, own: readonly Source[]) {
  const chosen: { visits?: ChosenSource; attractions?: ChosenSource } = {};
  const problems: SourceProblem[] = [];
  const known = new Map<string, Source>();
  for (const source of [...BUILT_IN_SOURCES, ...own]) {
    if (known.has(source.type))
      problems.push({ path: 'sources', message: `Two sources have the type '${source.type}'; rename yours.` });
    else known.set(source.type, source);
  }
  if (!isObject(settings)) {
    problems.push({ path: 'sources', message: 'Expected an object with `visits`, and maybe `attractions`.' });
    return { chosen, problems };
  }
  for (const key of Object.keys(settings)) {
    if (!ROLES.some((role) => role === key))
      problems.push({ path: `sources.${key}`, message: 'Unknown; the sources are `visits` and `attractions`.' });
  }
  for (const role of ROLES) {
    const value = settings[role];
    if (value === undefined && role === 'attractions') continue;
    const path = `sources.${role}`;
    const source = isObject(value) && typeof value['type'] === 'string' ? known.get(value['type']) : undefined;
    if (!isObject(value) || source === undefined) {
      const types = [...known.keys()].map((type) => `'${type}'`).join(', ');
      const given = isObject(value) ? value['type'] : value;
      problems.push({
        path: `${path}.type`,
        message: `Is ${JSON.stringify(given) ?? 'missing'}; give one of ${types}.`,
      });
      continue;
    }
    if (!source[role]) problems.push({ path: `${path}.type`, message: `The source '${source.type}' has no ${role}.` });
    const options = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'type'));
    const result = await source.options['~standard'].validate(options);
    if (result.issues) problems.push(...result.issues.map((issue) => problemOf(path, issue)));
    else chosen[role] = { source, options: result.value };
  }
  return { chosen, problems };
}

function problemOf(path: string, issue: StandardSchemaV1.Issue): SourceProblem {
  const keys = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  return { path: [path, ...keys.map(String)].join('.'), message: issue.message };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
