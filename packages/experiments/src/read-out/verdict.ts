import type { Findings, MetricFindings, MetricPanel } from './findings.js';

/** A number of parts in a hundred with its sign. */
export const percent = (share: number): string =>
  `${share < 0 ? '−' : share > 0 ? '+' : ''}${digits(Math.abs(share) * 100)} %`;

/** Three digits, or all before the point. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return value.toFixed(0);
  return size < 1e-4 ? value.toExponential(1) : value.toPrecision(3);
}

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** What an experiment showed, in one or two sentences that stand alone. */
export function verdictOf(findings: Omit<Findings, 'verdict'>): string {
  const { experiment, refusals, metrics, panels, interleaved } = findings;
  const name = `Experiment '${experiment}'`;
  const [refusal] = refusals;
  if (refusal !== undefined) return `${name} cannot be read: ${refusal.message} ${refusal.todo}`;
  if (findings.design === 'interleaving') return interleavedVerdict(name, findings, interleaved);
  const primary = metrics.find(({ isPrimary }) => isPrimary);
  if (primary === undefined) return `${name} has no metric to decide by.`;
  const first = panels[0]?.panel ?? '';
  const sentences = primary.panels.slice(1).map((panel) => sentenceOf(primary, panel, first, findings));
  return `${name}: ${[...sentences, ...guardrails(metrics)].join(' ')}`;
}

function sentenceOf(
  { metric, panels }: MetricFindings,
  { panel, users, difference }: MetricPanel,
  first: string,
  { reading }: Omit<Findings, 'verdict'>,
): string {
  if (difference === undefined) return `'${panel}' cannot be compared with '${first}' by ${metric.name} yet.`;
  const { absolute, relative, conclusion, seen } = difference;
  const shown = relative ?? absolute;
  const written = relative ? percent : (value: number) => (value < 0 ? '−' : '+') + digits(Math.abs(value));
  const [low, high] = shown.anytime;
  const level = Math.round(100 * (1 - reading.alpha));
  const figures = `${metric.name} ${written(shown.estimate)} (${level} % interval that holds at any time: ${written(low)} to ${written(high)}; ${grouped(users)} and ${grouped(panels[0]?.users ?? 0)} users)`;
  if (conclusion !== 'undecided') return `'${panel}' is ${conclusion} than '${first}': ${figures}.`;
  const reach =
    seen === undefined
      ? ''
      : ` A rise of ${seen.relative === undefined ? digits(seen.absolute) : `${digits(100 * seen.relative)} %`} would be seen with a probability of 80 %.`;
  return `Whether '${panel}' is better than '${first}' is not decided: ${figures}.${reach}`;
}

function guardrails(metrics: readonly MetricFindings[]): string[] {
  const guarded = metrics.filter(({ metric }) => metric.guardrail);
  if (guarded.length === 0) return [];
  const worse = guarded.flatMap(({ metric, panels }) =>
    panels
      .filter(({ difference }) => difference?.conclusion === 'worse')
      .map(({ panel }) => `${metric.name} in '${panel}'`),
  );
  if (worse.length > 0) return [`A guardrail got worse: ${worse.join(', ')}.`];
  return [`No guardrail is seen to get worse (${guarded.map(({ metric }) => metric.name).join(', ')}).`];
}

function interleavedVerdict(
  name: string,
  { panels, reading }: Omit<Findings, 'verdict'>,
  interleaved: Findings['interleaved'],
): string {
  const [a = '', b = ''] = panels.map(({ panel }) => panel);
  if (interleaved?.preference === undefined)
    return `${name}: too few users chose anything from the lists to say which of '${a}' and '${b}' they prefer.`;
  const { preferred, preference } = interleaved;
  const [low, high] = preference.anytime;
  const isDecided = low > 0 || high < 0;
  const figures = `${grouped(preferred.a)} users chose more from '${a}', ${grouped(preferred.b)} more from '${b}', ${grouped(preferred.ties)} as much from both; preference ${percent(preference.estimate)} (${Math.round(100 * (1 - reading.alpha))} % interval that holds at any time: ${percent(low)} to ${percent(high)})`;
  if (!isDecided) return `${name}: which of '${a}' and '${b}' users prefer is not decided: ${figures}.`;
  return `${name}: users prefer '${low > 0 ? a : b}': ${figures}.`;
}
