/** The look of the page and its drawings, by light and by night. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2430; --faint: #8a94a3; --rule: #d9dee6; --mark: #0b6fb8; --paper: #fff; --shade: #f3f6fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --faint: #98a2b1; --rule: #37404d; --mark: #5db5f5; --paper: #14181e; --shade: #1c222b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; font-size: 13px; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.number, td.whole { font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr:hover { background: var(--shade); }
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
svg .curve { fill: none; stroke: var(--mark); stroke-width: 1.5; }
`;
