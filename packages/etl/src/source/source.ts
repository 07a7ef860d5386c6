import type { Reject } from '@attractions/contracts';
import type { Source as SourceFile } from '@attractions/feeds';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AttractionsExtract } from '../attractions.js';
import type { Engine } from '../engine/engine.js';
import type { VisitsExtract } from '../visits/visits.js';

/** Where a row stands in the raw data, for its reject. */
export interface RowPlace {
  /** Default: the source's type. */
  readonly file?: string;
  /** 1-based; default: the number of the row. */
  readonly line?: number;
  /** The row as it stands there; default: the row as JSON. */
  readonly text?: string;
}

/** A visit, or one photo of a visit. */
export interface VisitRow extends RowPlace {
  readonly user: string | number;
  readonly attraction: string | number;
  /** A text is ISO 8601, in UTC where it has no offset; a number is milliseconds since 1970. */
  readonly time: Date | string | number;
  /** With a park, an attraction's id is `park:attraction`; without, it stands as it is. */
  readonly park?: string;
  /** Rows of one photo id are one photo. Default: each row is a photo of its own. */
  readonly photo?: string | number;
  /** The number of the user's travel sequence. Default: derived from gaps between times. */
  readonly sequence?: string | number;
  /** What was done, where the section `events` says what that weighs. */
  readonly event?: string;
  /** How much the row counts, such as a rating. Default: 1. */
  readonly weight?: string | number;
}

/** An attraction. */
export interface AttractionRow extends RowPlace {
  readonly attraction: string | number;
  /** Default: the id. */
  readonly name?: string;
  readonly park?: string;
  /** Degrees, WGS 84. A value out of range costs the attraction that value only. */
  readonly latitude?: number | string;
  readonly longitude?: number | string;
  /** Above 0, up to a day. */
  readonly durationMinutes?: number | string;
  /** Texts without `|`. */
  readonly themes?: readonly string[];
}

/** A row that the source could not read. It is counted and kept as a reject. */
export interface RefusedRow extends RowPlace {
  /** Why: a sentence with the offending value. */
  readonly refused: string;
  /** The raw name of the offending column; default: the whole row is at fault. */
  readonly column?: string;
}

/** A row by the key that it has in `lines`. */
export interface LinePlace {
  readonly fileNumber: number;
  readonly line: number;
}

/** A row as it stands in the raw data. */
export type LocatedLine = Required<RowPlace>;

/** How many rows were read, and which could not be. */
export interface CountedRows {
  /** How many rows `extract.lines` has. */
  readonly rows: number;
  /** The rows that are not in it, since they could not be read; of very many, the first ones. */
  readonly faults: readonly Reject[];
  /** How many rows could not be read; default: as many as `faults`. */
  readonly faultCount?: number;
}

/** What was read, for the sum that every load is held to: rows = kept + duplicates + rejected. */
export interface Delivered<Extract> extends CountedRows {
  /** Relations on the engine. */
  readonly extract: Extract;
  /**
   * Where given, `rows` are those that the raw data have, whether they can be read or not, counted apart from the engine; `faults` is empty, and this finds how many
   * and which can be read. It reads all of them once more, so it is called only where not every row is in a visit.
   */
  count?(): Promise<CountedRows>;
  /**
   * Where rows stand, for their rejects, where `extract` has no `places`. In the order given; undefined where it cannot be told, so that the row is
   * counted, and not named.
   */
  locate?(places: readonly LinePlace[]): Promise<readonly (LocatedLine | undefined)[]>;
  /** Called when all is read. Throws where the raw data changed meanwhile. */
  confirm?(): Promise<void>;
  /** What was read, for the record of the update. */
  readonly files: readonly SourceFile[];
}

/** The same with its rows counted. */
export async function counted<D extends CountedRows & Pick<Delivered<unknown>, 'count'>>({
  count,
  ...given
}: D): Promise<Omit<D, 'count'>> {
  return count ? { ...given, ...(await count()) } : given;
}

/** Visits as relations on the engine. */
export interface DeliveredVisits extends Delivered<VisitsExtract> {
  /** Attractions that the same data has; taken where no source of attractions is configured. */
  readonly attractions?: Delivered<AttractionsExtract>;
}

/** What a cheap look at the raw data shows. */
export interface Probe {
  /** What is there, as a sentence. */
  readonly found: string;
  /** The first rows as they would be read, at most 1,000; people are shown ten of them. */
  readonly sample: readonly (VisitRow | AttractionRow | RefusedRow)[];
}

/** What a source is given besides its options. */
export interface SourceContext {
  readonly engine: Engine;
  /** A temporary folder that is removed after the load; made at the first call. */
  folder(): Promise<string>;
  /** What relative paths are relative to: the folder of the config file, or the working folder. Absolute. */
  readonly baseFolder: string;
  readonly signal?: AbortSignal;
  /** Which of the files that `fingerprint` names are to be read, by their paths. Default: all. */
  readonly only?: ReadonlySet<string>;
  /** Those of them that have `grown`, as they were when they were read, by their paths: only what came after is to be read. Default: none. */
  readonly after?: ReadonlyMap<string, SourceFile>;
}

/** What a look at raw files is given besides the source's options. */
interface FingerprintContext extends Pick<SourceContext, 'signal' | 'baseFolder'> {
  /** What the files are read for. */
  readonly role: 'visits' | 'attractions';
}

/** A raw file, told from what it was before without being read. */
export interface Fingerprint {
  /** As in `files` of what is delivered. */
  readonly path: string;
  readonly bytes: number;
  /** The same as long as nobody writes to the file: a modification time, an etag, a watermark. */
  readonly version: string;
  /** Whether it was written to so lately that it may change again without another version; default: false. */
  readonly isFresh?: boolean;
  /** SHA-256 of its bytes, which is asked for where only the version differs. Absent where it is not cheaper than reading it. */
  hash?(): Promise<string>;
  /**
   * Asked in place of all that, of what is not a file, such as a table: whether it is as it was when it was read, has more at its end, or is another. What was
   * read of it has its `version` in `files` of what is delivered.
   */
  since?(known: SourceFile): Promise<'same' | 'grown' | 'changed'>;
}

/**
 * Where raw data comes from. A source has `visits`, `attractions` or both. The simple way is to return rows: an async iterable, which may
 * be an async generator. The other way is to return relations on the engine, for data that should not pass through JavaScript.
 * `sourceCases` of `@attractions/etl/testing` are the contract.
 */
export interface Source<Options = unknown> {
  /** As the configuration names it; unique among all sources. */
  readonly type: string;
  /** The schema of its options, which are the configuration's object without `type`. Any Standard Schema: Zod, Valibot, ArkType, … */
  readonly options: StandardSchemaV1<unknown, Options>;
  /** Looks whether the data is there, and at its first rows. Must be cheap. Throws where it is not there. */
  probe(options: Options, context: Pick<SourceContext, 'signal' | 'baseFolder'>): Promise<Probe>;
  /**
   * What there is to read, without reading it: a run reads nothing where all is as it was at the last one. Without it, every run reads everything.
   */
  fingerprint?(options: Options, context: FingerprintContext): Promise<readonly Fingerprint[]>;
  /** Whether `visits` heeds `only` and `after` of its context, so that a run may read only what is new; default: false. */
  readonly readsOnly?: boolean;
  visits?(options: Options, context: SourceContext): AsyncIterable<VisitRow | RefusedRow> | Promise<DeliveredVisits>;
  attractions?(
    options: Options,
    context: SourceContext,
  ): AsyncIterable<AttractionRow | RefusedRow> | Promise<Delivered<AttractionsExtract>>;
}

/** Returns its argument; the type of the options is inferred from the schema. */
export function defineSource<Options>(source: Source<Options>): Source<Options> {
  return source;
}
