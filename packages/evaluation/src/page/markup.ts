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

/** A page of sections of HTML: no script, no other file. */
export function htmlPage(title: string, sections: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body>\n${sections.join('\n')}\n</body>`,
    '</html>\n',
  ].join('\n');
}

/** Styles of the page and its drawings, light and dark. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --faint: #8a94a3; --rule: #d9dee6; --mark: #0b6fb8; --paper: #fff; --shade: #f3f6fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --faint: #98a2b1; --rule: #37404d; --mark: #5db5f5; --paper: #14181e; --shade: #1c222b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; font-size: 13px; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.number, td.whole { font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr:hover { background: var(--shade); }
p.refusal { border-left: 4px solid #c2410c; padding-left: .8rem; }
figure { margin: 1.5rem 0; max-width: 800px; }
footer { margin-top: 2.5rem; color: var(--faint); font-size: 13px; }
figcaption { color: var(--faint); font-size: 13px; }
svg text { font-size: 12px; fill: var(--ink); }
svg .tick { text-anchor: middle; fill: var(--faint); }
svg .label { text-anchor: end; }
svg .axis { text-anchor: middle; fill: var(--faint); }
svg .axis.start { text-anchor: start; }
svg .grid { stroke: var(--rule); }
svg .zero { stroke: var(--ink); stroke-width: 1.5; }
svg .bar { stroke: var(--mark); stroke-width: 3; stroke-linecap: round; opacity: .5; }
svg .mean { fill: var(--mark); }
svg .band { fill: var(--mark); opacity: .15; }
svg .band.narrow { opacity: .3; }
svg .curve { fill: none; stroke: var(--mark); stroke-width: 1.5; }
`;
