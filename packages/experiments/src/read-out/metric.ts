import { shown } from '../experiment.js';

/** What an experiment is measured by, for each user. */
export interface Metric {
  readonly name: string;
  /**
   * `proportion`: the share of users with an event; `count`: events a user; `mean`: the sum of the events' values a user (of their number, with `value: false`);
   * `ratio`: the sum of `event` over the sum of `denominator`.
   */
  readonly type: 'proportion' | 'mean' | 'count' | 'ratio';
  /** The type of the events that count. */
  readonly event: string;
  /** Of a ratio, and only there: a type of events, or `exposure` for lists shown. */
  readonly denominator?: string;
  /** Whether the values of events are summed instead of counting them. Default: of a mean true, else false. */
  readonly value?: boolean;
  /**
   * Days after the first exposure within which an event counts; a user whose days are not over does not count yet. Default: up to the end of the experiment,
   * or of the data.
   */
  readonly windowDays?: number;
  /**
   * Users above this quantile of the users who have any such event, in all panels together, count as if they were at it. 1: no one. At least the highest
   * user is brought down to the second. Default 0.999; a proportion has no need of it.
   */
  readonly winsorize?: number;
  /** Which way is good. Default `increase`. */
  readonly direction?: 'increase' | 'decrease';
  /** Whether the metric must not get worse, rather than should get better. Default false. */
  readonly guardrail?: boolean;
  /** Whether what users did before their first exposure reduces the variance (CUPED). Default true; a ratio has none. */
  readonly cuped?: boolean;
  /** Days before the first exposure that CUPED looks at. Default: `windowDays`, or else 14. */
  readonly cupedDays?: number;
}

/** A metric with its defaults. */
export type CompleteMetric = Metric &
  Required<Pick<Metric, 'value' | 'winsorize' | 'direction' | 'guardrail' | 'cuped' | 'cupedDays'>>;

/** The name of the built-in metric: the share of users who went to an attraction of a list within some days after it. */
export const FOLLOWED = 'followed';

/** The denominator that counts lists shown. */
export const EXPOSURE = 'exposure';

/** What of a metric is wrong. */
export interface MetricProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Fills in the defaults. */
export function completeMetric(metric: Metric): CompleteMetric {
  const { type, windowDays } = metric;
  return {
    ...metric,
    value: metric.value ?? type === 'mean',
    winsorize: type === 'proportion' ? 1 : (metric.winsorize ?? 0.999),
    direction: metric.direction ?? 'increase',
    guardrail: metric.guardrail ?? false,
    cuped: type !== 'ratio' && (metric.cuped ?? true),
    cupedDays: metric.cupedDays ?? windowDays ?? 14,
  };
}

type Rule = readonly [fits: (value: unknown) => boolean, form: string];

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '' && !/\p{Cc}/u.test(value);
const isDays = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= 3_650;
const oneOf = (...names: readonly string[]): Rule => [
  (value) => names.some((name) => name === value),
  `one of ${names.join(', ')}`,
];
const trueOrFalse: Rule = [(value) => typeof value === 'boolean', 'true or false'];
const days: Rule = [isDays, 'a number of days above 0, at most 3650'];

const RULES: Readonly<Record<keyof Metric, Rule>> = {
  name: [(value) => isText(value) && value !== FOLLOWED, `a name other than ${FOLLOWED}, which is built in`],
  type: oneOf('proportion', 'mean', 'count', 'ratio'),
  event: [isText, 'the type of an event, such as click'],
  denominator: [isText, `the type of an event, or ${EXPOSURE} for lists shown`],
  value: trueOrFalse,
  windowDays: days,
  winsorize: [
    (value) => typeof value === 'number' && value >= 0.5 && value <= 1,
    'a quantile from 0.5 to 1, such as 0.99',
  ],
  direction: oneOf('increase', 'decrease'),
  guardrail: trueOrFalse,
  cuped: trueOrFalse,
  cupedDays: days,
};

const NEEDED = ['name', 'type', 'event'] as const;

/** All that is wrong with a list of metrics; empty where nothing is. */
export function metricsProblems(value: unknown): readonly MetricProblem[] {
  if (!Array.isArray(value)) return [{ path: [], message: `is ${shown(value)}; give a list of metrics.` }];
  const names = value.map((metric) => (metric as Partial<Metric> | null)?.name);
  return value.flatMap((metric: unknown, n): MetricProblem[] => {
    if (typeof metric !== 'object' || metric === null || Array.isArray(metric))
      return [{ path: [n], message: `is ${shown(metric)}; give an object with ${NEEDED.join(', ')}.` }];
    const { name } = metric as Partial<Metric>;
    const again = isText(name) && names.indexOf(name) !== n;
    return [
      ...problemsOf(metric as Readonly<Record<string, unknown>>).map(([key, message]) => ({ path: [n, key], message })),
      ...(again
        ? [{ path: [n, 'name'], message: `is ${shown(name)}, the name of an earlier metric; rename one.` }]
        : []),
    ];
  });
}

function problemsOf(metric: Readonly<Record<string, unknown>>): [key: string, message: string][] {
  const given = new Set([...NEEDED, ...Object.keys(metric)]);
  const problems = [...given].flatMap((key): [string, string][] => {
    if (!Object.hasOwn(RULES, key)) return [[key, `is unknown; give some of ${Object.keys(RULES).join(', ')}.`]];
    const [fits, form] = RULES[key as keyof Metric];
    const value = metric[key];
    const isAbsent = value === undefined && !NEEDED.some((needed) => needed === key);
    return isAbsent || fits(value) ? [] : [[key, `is ${shown(value)}; give ${form}.`]];
  });
  const isRatio = metric['type'] === 'ratio';
  if (isRatio && metric['denominator'] === undefined)
    problems.push(['denominator', `is missing; a ratio needs the type of an event, or ${EXPOSURE} for lists shown.`]);
  if (!isRatio && metric['denominator'] !== undefined)
    problems.push(['denominator', `is ${shown(metric['denominator'])}, but only a ratio has one; leave it out.`]);
  if (isRatio && metric['cuped'] === true) problems.push(['cuped', 'is true, but a ratio has no CUPED; leave it out.']);
  if (metric['type'] === 'proportion' && metric['value'] === true)
    problems.push(['value', 'is true, but a proportion counts users; leave it out, or give the type mean.']);
  return problems;
}
