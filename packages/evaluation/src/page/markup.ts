/** Text that is safe between tags and within quoted attributes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A table. Numbers are aligned to the right. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const head = heads.map((cell) => `<th>${escaped(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n');
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

/** Four decimals: a ten-thousandth is less than one visitor in most reports. */
export const decimals = (value: number): string => value.toFixed(4);

/** With its sign, for differences. */
export const signed = (value: number): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(4);

/** Longest cell that is kept on one line, in characters. */
const MAX_UNBROKEN = 28;

function cellOf(cell: string | number): string {
  if (typeof cell === 'number') return `<td class="number">${decimals(cell)}</td>`;
  // Times, places and intervals do not break.
  return `<td${cell.length <= MAX_UNBROKEN ? ' class="whole"' : ''}>${escaped(cell)}</td>`;
}
