import { schemaOf, shown } from '@attractions/config';
import type { Section } from '@attractions/config';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { DEFAULT_CHECKS } from './checks/checks.js';
import type { CheckRules } from './checks/checks.js';
import { checkSources } from './source/choose.js';
import type { SourceSettings } from './source/choose.js';
import type { Source } from './source/source.js';

/** A source by its type, with its options beside it: a built-in one by name, or one of your own as it is. */
export interface SourceEntry {
  readonly type: string | Source;
  readonly [option: string]: unknown;
}

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Where raw data comes from, instead of `RAW_DATA_PATH`. Paths are relative to the file. */
    readonly sources?: { readonly visits: SourceEntry; readonly attractions?: SourceEntry };
    /** What each event of the visits' column `event` weighs: `{ visit: 1, favourite: 3, left: -1 }`. Without it, events mean nothing. */
    readonly events?: Readonly<Record<string, number>>;
    /** How far a run may be from the updates before it; what is not given is as in `DEFAULT_CHECKS`. */
    readonly checks?: Partial<CheckRules>;
    /** Whether user ids are replaced by pseudonyms while they are read, by the key in `PSEUDONYM_KEY`. Default: false. */
    readonly pseudonymize?: boolean;
  }
}

/** The sources of a configuration file, as a load takes them. */
export interface ConfiguredSources {
  readonly from: SourceSettings;
  readonly sources: readonly Source[];
  /** Where relative paths of their options start. */
  readonly baseFolder: string;
}

/** The section of sources. */
export const sourcesSection: Section<ConfiguredSources> = (baseFolder) => ({
  '~standard': {
    version: 1,
    vendor: 'attractions',
    async validate(value): Promise<StandardSchemaV1.Result<ConfiguredSources>> {
      const { from, sources } = namesFor(value);
      const problems = await checkSources(from, sources);
      const issues = problems.map(({ path, message }) => ({ path: path.split('.').slice(1), message }));
      return issues.length > 0 ? { issues } : { value: { from: from as SourceSettings, sources, baseFolder } };
    },
  },
});

/** The section of what events weigh. */
export const eventsSection: Section<Readonly<Record<string, number>>> = () =>
  schemaOf((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [{ message: `is ${shown(value)}; give a number for each event, such as { "visit": 1, "left": -1 }.` }];
    return Object.entries(value)
      .filter(([, weight]) => !Number.isFinite(weight))
      .map(([event, weight]) => ({ path: [event], message: `is ${shown(weight)}; give a number.` }));
  });

/** The section of whether user ids are replaced. */
export const pseudonymizeSection: Section<boolean> = () =>
  schemaOf((value) => (typeof value === 'boolean' ? [] : [{ message: `is ${shown(value)}; give true or false.` }]));

/** Rules that are a share: above 1, one of them would refuse every run, and the others none. */
const SHARES: ReadonlySet<string> = new Set([
  'minVolume',
  'maxNewUsers',
  'maxNewAttractions',
  'maxRejectRise',
  'maxEmptyRise',
] satisfies (keyof CheckRules)[]);

/** The section `checks` of a configuration file: those of the rules that are to be others. */
export const checksSection: Section<CheckRules> = () => {
  const known = Object.keys(DEFAULT_CHECKS);
  const problems = schemaOf<Partial<CheckRules>>((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [{ message: `is ${shown(value)}; give an object with any of ${known.join(', ')}.` }];
    return Object.entries(value).flatMap(([key, rule]) => {
      if (!known.includes(key)) return [{ path: [key], message: `is unknown; give one of ${known.join(', ')}.` }];
      const [fits, form] =
        key === 'compareWith'
          ? [Number.isSafeInteger(rule) && Number(rule) >= 1, 'a whole number from 1']
          : SHARES.has(key)
            ? [typeof rule === 'number' && rule >= 0 && rule <= 1, 'a share from 0 to 1, such as 0.7 for 70 %']
            : [typeof rule === 'number' && rule >= 0, 'a number from 0'];
      return fits ? [] : [{ path: [key], message: `is ${shown(rule)}; give ${form}.` }];
    });
  });
  return {
    '~standard': {
      version: 1,
      vendor: 'attractions',
      validate: async (value) => {
        const result = await problems['~standard'].validate(value);
        return result.issues ? result : { value: { ...DEFAULT_CHECKS, ...result.value } };
      },
    },
  };
};

/** Puts the type of each source of the user's own in its place. */
function namesFor(value: unknown): { from: unknown; sources: readonly Source[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { from: value, sources: [] };
  const sources = new Set<Source>();
  const from = Object.entries(value).map(([role, entry]: [string, unknown]) => {
    const type = typeof entry === 'object' && entry !== null ? (entry as { type?: unknown }).type : undefined;
    if (!isSource(type)) return [role, entry] as const;
    sources.add(type);
    return [role, { ...(entry as object), type: type.type }] as const;
  });
  return { from: Object.fromEntries(from), sources: [...sources] };
}

function isSource(value: unknown): value is Source {
  const { type, options, probe } = Object(value) as Partial<Source>;
  return typeof type === 'string' && typeof options === 'object' && typeof probe === 'function';
}
