export { transformAttractions } from './attractions.js';
export { DEFAULT_CHECKS } from './checks/checks.js';
export { checksSection, eventsSection, pseudonymizeSection, sourcesSection } from './config-file.js';
export { loadJudged, runEtl } from './driver.js';
export { duckDbEngine } from './engine/duckdb.js';
export { engineOf } from './engine/engine-of.js';
export { sparkEngine } from './engine/spark.js';
export { logFrames } from './engine/engine.js';
export { ETL_ERRORS, EtlError } from './errors.js';
export { frame, sql, statementOf } from './frame/frame.js';
export { csv, jsonl, parquet } from './files/sources.js';
export { guessSources } from './guess/guess.js';
export { lookAtPaths } from './guess/look.js';
export { configText } from './guess/text.js';
export { loadVisits } from './loader.js';
export { etlSettings } from './settings.js';
export { pseudonymKeyOf, pseudonymOf } from './source/pseudonym.js';
export { LAYOUTS, cityLayout, parkLayout } from './sigir17/layout.js';
export { postgres } from './postgres/source.js';
export { sigir17 } from './sigir17/source.js';
export { BUILT_IN_SOURCES, checkSources, probeSources } from './source/choose.js';
export { judgeAttractions, judgeVisits } from './source/judge.js';
export { defineSource } from './source/source.js';
export { hasTenants, splitByTenant } from './split.js';
export { transformVisits } from './visits/visits.js';
export type { AttractionsExtract, AttractionsFrames } from './attractions.js';
export type { CheckRules } from './checks/checks.js';
export type { ConfiguredSources, SourceEntry } from './config-file.js';
export type { EtlContext, EtlSummary } from './driver.js';
export type { SplitData, SplitOptions } from './split.js';
export type {
  CellValue,
  Columns,
  CsvFile,
  DescribeFrame,
  Engine,
  FrameDescription,
  FrameLog,
  LinesFile,
  Row,
  RunOptions,
  ScannedFile,
  TableColumns,
  TableRow,
} from './engine/engine.js';
export type { EngineSettings } from './engine/engine-of.js';
export type { EtlErrorCode } from './errors.js';
export type {
  AttractionColumn,
  ColumnPlace,
  CsvOptions,
  FilesOptions,
  JsonlOptions,
  PostgresOptions,
  VisitColumn,
} from './files/options.js';
export type { Guess, GuessedSource, NoGuess } from './guess/guess.js';
export type { FilesLook, PathsLook } from './guess/look.js';
export type { Frame, Query, Sql, SqlPart } from './frame/frame.js';
export type { SqlValue } from './frame/sql-text.js';
export type { LoaderOptions } from './compose.js';
export type { LoadedVisits } from './loader.js';
export type { EtlConfig } from './settings.js';
export type { AttractionsColumn, ColumnRule, Layout, VisitsColumn } from './sigir17/layout.js';
export type { Sigir17Options } from './sigir17/source.js';
export type { ChosenSettings, SourceProblem, SourceSettings } from './source/choose.js';
export type { JudgedRows } from './source/judge.js';
export type {
  AttractionRow,
  Delivered,
  DeliveredVisits,
  Probe,
  RefusedRow,
  RowPlace,
  Source,
  SourceContext,
  VisitRow,
} from './source/source.js';
export type { Tally } from './tally.js';
export type { VisitsExtract, VisitsFrames, VisitsOptions } from './visits/visits.js';
