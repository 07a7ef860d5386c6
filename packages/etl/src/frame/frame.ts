/**
 * A named relation that nobody has computed yet: one `SELECT` over the frames it reads from, by their names. Composing
 * frames reads nothing; a session does, when it collects or materialises one.
 */
export interface Frame {
  /** Lower case with underscores; unique among the frames that are run together. */
  readonly name: string;
  /** One SELECT. Transforms keep to the SQL that DuckDB and Spark share; readers may use what one engine alone has. */
  readonly sql: string;
  readonly inputs: readonly Frame[];
}

/** Makes a frame. */
export function frame(name: string, sql: string, ...inputs: readonly Frame[]): Frame {
  return { name, sql: sql.trim(), inputs };
}

/**
 * The whole of a frame as one statement: its inputs as common table expressions, each once and before its readers.
 * `select` is what is asked of it in the end. `kept` has the tables of frames whose rows are at hand already; what those
 * read from is left out. Throws a RangeError where two different frames have one name.
 */
export function toSql(
  target: Frame,
  select = `SELECT * FROM ${target.name}`,
  kept: ReadonlyMap<Frame, string> = new Map(),
): string {
  const ordered = new Map<string, Frame>();
  const place = (current: Frame): void => {
    const known = ordered.get(current.name);
    if (known === current) return;
    if (known !== undefined) throw new RangeError(`Two frames are named '${current.name}'; name each frame once.`);
    if (!kept.has(current)) current.inputs.forEach(place);
    ordered.set(current.name, current);
  };
  place(target);
  const expressions = [...ordered.values()].map((each) => {
    const table = kept.get(each);
    return `${each.name} AS (\n${table === undefined ? each.sql : `SELECT * FROM ${table}`}\n)`;
  });
  return `WITH ${expressions.join(',\n')}\n${select}`;
}
