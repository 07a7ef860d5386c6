export { concat, tableOf, tableOfBatches } from './tables.js';
export { conform } from './conform.js';
export { readParquet, readRowGroups, writeParquet } from './parquet-file.js';
export { stringsOf, utf8Data, utf8Dictionary } from './utf8.js';
export {
  float32Lists,
  float32ListsOf,
  float32Rows,
  float32RowsOf,
  int32Column,
  int32Lists,
  int32ListsOf,
  int32sOf,
  numbersColumn,
  timestampColumn,
  timestampsOf,
} from './vectors.js';
