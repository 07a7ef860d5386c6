import { DataType, Table, tableToIPC, vectorFromArray } from 'apache-arrow';

/**
 * A relation that the server computes when it is asked for rows: a message of Spark Connect as a plain object. Made by {@link sql}, {@link read},
 * {@link local}, and by models.
 */
export interface Relation {
  readonly sql?: { readonly query: string };
  readonly read?: { readonly data_source: DataSource };
  readonly local_relation?: { readonly data: Uint8Array };
  readonly ml_relation?: object;
}

interface DataSource {
  readonly format: string;
  readonly paths: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly schema?: string;
}

/** What {@link read} may be told. */
export interface ReadOptions {
  /** Of the source, such as `{ header: 'true', sep: ';' }`. */
  readonly options?: Readonly<Record<string, string>>;
  /** In Spark's DDL, such as `user STRING, time BIGINT`; default: as the source finds it. */
  readonly schema?: string;
}

/** How a relation is written. */
export interface WriteOptions {
  /** `parquet` by default. */
  readonly format?: string;
  /** A folder, as the server sees it. */
  readonly path: string;
  /**
   * What to do where the folder is there already; default: `error`. `overwrite` deletes what is there first: a server that dies then has lost both.
   */
  readonly mode?: 'append' | 'error' | 'ignore' | 'overwrite';
  readonly options?: Readonly<Record<string, string>>;
  readonly partitionBy?: readonly string[];
}

/** A value of a parameter of an estimator. A whole number is sent as an integer; Spark makes a double of it where the parameter is one. */
export type ParameterValue = boolean | number | string;

/** The message that is executed. */
export type Plan = { readonly root: Relation } | { readonly command: object };

const MODES = {
  append: 'SAVE_MODE_APPEND',
  error: 'SAVE_MODE_ERROR_IF_EXISTS',
  ignore: 'SAVE_MODE_IGNORE',
  overwrite: 'SAVE_MODE_OVERWRITE',
} as const;

/** The result of a SELECT. */
export function sql(query: string): Relation {
  return { sql: { query } };
}

/** Files of a format that the server knows: `csv`, `json`, `parquet`, … `paths` are as the server sees them, globs allowed. */
export function read(
  format: string,
  paths: string | readonly string[],
  { options = {}, schema }: ReadOptions = {},
): Relation {
  const data_source = { format, paths: [paths].flat(), options, ...(schema !== undefined && { schema }) };
  return { read: { data_source } };
}

/** Rows of this process. Sent whole with the query: for small tables. */
export function local(table: Table): Relation {
  const columns = table.schema.fields.map(({ name, type }, n) => {
    const vector = table.getChildAt(n);
    // Spark and Sail know no dictionaries, which `tableFromArrays` makes of texts.
    return [name, DataType.isDictionary(type) ? vectorFromArray([...(vector ?? [])], type.dictionary) : vector];
  });
  return { local_relation: { data: tableToIPC(new Table(Object.fromEntries(columns)), 'stream') } };
}

/** A statement that is run for what it does, such as CREATE TABLE. */
export function statementPlan(statement: string): Plan {
  return { command: { sql_command: { input: sql(statement) } } };
}

/** A name for a relation, to be used in SQL until the session ends. What had the name before is replaced. */
export function viewPlan(name: string, input: Relation): Plan {
  return { command: { create_dataframe_view: { input, name, is_global: false, replace: true } } };
}

/** Writes the rows of a relation as files. */
export function writePlan(
  input: Relation,
  { format = 'parquet', path, mode = 'error', options = {}, partitionBy = [] }: WriteOptions,
): Plan {
  const operation = { input, source: format, path, mode: MODES[mode], options, partitioning_columns: partitionBy };
  return { command: { write_operation: operation } };
}

/** Trains an estimator, by its Java class. A parameter that the estimator does not have is ignored by Spark. */
export function fitPlan(
  name: string,
  uid: string,
  parameters: Readonly<Record<string, ParameterValue>>,
  dataset: Relation,
): Plan {
  const estimator = { name, uid, type: 'OPERATOR_TYPE_ESTIMATOR' };
  return { command: { ml_command: { fit: { estimator, params: paramsOf(parameters), dataset } } } };
}

/** Forgets a model of the session. */
export function deleteModelPlan(id: string): Plan {
  return { command: { ml_command: { delete: { obj_refs: [{ id }] } } } };
}

/** A table of a model, by the name of its method, such as `userFactors`. */
export function attributeOf(modelId: string, method: string): Relation {
  return { ml_relation: { fetch: { obj_ref: { id: modelId }, methods: [{ method }] } } };
}

/** A relation with the columns that a model adds. */
export function transformed(
  modelId: string,
  input: Relation,
  parameters: Readonly<Record<string, ParameterValue>>,
): Relation {
  return { ml_relation: { transform: { obj_ref: { id: modelId }, input, params: paramsOf(parameters) } } };
}

function paramsOf(parameters: Readonly<Record<string, ParameterValue>>): object {
  return { params: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, literalOf(value)])) };
}

function literalOf(value: ParameterValue): object {
  if (typeof value === 'boolean') return { boolean: value };
  if (typeof value === 'string') return { string: value };
  if (!Number.isInteger(value)) return { double: value };
  return Math.abs(value) < 2 ** 31 ? { integer: value } : { long: value };
}
