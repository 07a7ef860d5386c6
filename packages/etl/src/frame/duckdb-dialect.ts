/**
 * What makes DuckDB run the SQL that it shares with Spark: the one place for its settings and for Spark's function names.
 * Statements, run once when a session opens.
 */
export const DUCKDB_DIALECT: readonly string[] = [
  "SET GLOBAL TimeZone = 'UTC'",
  "SET GLOBAL default_null_order = 'nulls_first_on_asc_last_on_desc'",
  // Nothing here needs an extension; without this, a typing error in a query could reach for the network.
  'SET GLOBAL autoinstall_known_extensions = false',
  'CREATE MACRO timestamp_seconds(x) AS make_timestamp(CAST(x AS BIGINT) * 1000000)',
  'CREATE MACRO unix_millis(x) AS epoch_ms(x)',
  'CREATE MACRO regexp_like(x, pattern) AS regexp_matches(x, pattern)',
];

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The name that a Wikipedia address's title stands for: `Sch%C3%B6nbrunn_Palace`. One that does not decode stays encoded. */
export function titleName(title: string): string {
  return `replace(coalesce(TRY(url_decode(${title})), ${title}), '_', ' ')`;
}

/** A path as an SQL literal that DuckDB does not take for a pattern. */
function pathLiteral(path: string): string {
  return literal(path.replace(/[[*?]/g, '[$&]'));
}

/**
 * A CSV file with `;` and a header as a relation of its `line` numbers (1 is the header, which is left out) and its
 * fields `f0`, `f1`, …, NULL where empty. The file must be regular: DuckDB passes over blank lines without counting them.
 */
export function scanFields(path: string, width: number): string {
  const columns = Array.from({ length: width }, (_, i) => `'f${i}': 'VARCHAR'`).join(', ');
  return scan(path, columns, `delim = ';', quote = '"', escape = '"'`);
}

/** The same lines as {@link scanFields}, each whole, as `text`. */
export function scanLines(path: string): string {
  // A regular file holds no unit separator, so the line is one field.
  return scan(path, "'text': 'VARCHAR'", `delim = chr(31), quote = '', escape = ''`);
}

function scan(path: string, columns: string, format: string): string {
  // The rows of a scan keep the order of the file, and so does a window without an order of its own.
  return `(SELECT CAST(row_number() OVER () + 1 AS BIGINT) AS line, * FROM read_csv(${pathLiteral(path)},
    columns = {${columns}}, ${format}, header = false, skip = 1, auto_detect = false))`;
}
