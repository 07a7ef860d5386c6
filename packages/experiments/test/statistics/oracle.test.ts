import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect } from '@jest/globals';

import {
  anytimeReach,
  compare,
  draftCoin,
  holm,
  momentsOf,
  powerOf,
  readInterleaved,
  sampleRatio,
  sampleRatioOverTime,
  sampleRatioPower,
  samplesNeeded,
} from '../../src/index.js';
import type { Comparison, MetricType, Moments, UserValues } from '../../src/index.js';
import { effectOf } from '../../src/statistics/intervals.js';
import { randomFrom } from '../support/random.js';
import { testIf } from '../support/test-if.js';

const script = fileURLToPath(new URL('../../../../tools/oracle/oracle.py', import.meta.url));
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const venv = process.env['ATTRACTIONS_ORACLE'] ?? join(cache, 'attractions/oracle');
const installed = existsSync(join(venv, 'installed'));

type Question = [question: string, ...args: unknown[]];

/** What our side says to a question, in the form of the oracle's answer. */
interface Case {
  readonly question: Question;
  readonly ours: unknown;
}

function ask(questions: readonly Question[]): unknown[] {
  const { stdout, stderr, status } = spawnSync(join(venv, 'bin/python'), [script], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown[];
}

/** Every number to 1e-9 of its own size, p values of 1e-50 too. */
function expectAgreement({ question: [name, ...args], ours }: Case, answer: unknown): void {
  const [mine, theirs] = [ours, answer].map((side) => [side].flat() as number[]) as [number[], number[]];
  const near = (a: number, b: number) => Math.abs(a - b) <= Math.max(1e-9 * Math.abs(b), 1e-15);
  if (mine.length === theirs.length && mine.every((value, k) => near(value, theirs[k] as number))) return;
  throw new Error(`${name} ${JSON.stringify(args).slice(0, 200)}: ours ${mine.join(' ')}, theirs ${theirs.join(' ')}`);
}

const random = randomFrom(17);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** Users whose y, x and z belong together, of a skewed kind and of a level, both by the case. */
function panel(size: number, effect: number, n: number) {
  const level = [1, 10, 1000, -30][n % 4] as number;
  return times(size, () => {
    const z = Math.exp(normal());
    const x = 1 + Math.floor(6 * random());
    return { y: level + effect + z + x * random() + (n % 2 ? normal() : Math.exp(normal())), x, z };
  });
}

const binary = (size: number, rate: number) => times(size, () => ({ y: random() < rate ? 1 : 0 }));
const absolute = (type: MetricType, ...panels: [UserValues[], UserValues[]]) => {
  const [treatment, control] = panels.map(momentsOf) as [Moments, Moments];
  const { estimate, p, fixed } = (compare(type, treatment, control) as Comparison).absolute;
  return [estimate, p, ...fixed];
};

/** The difference of two panels: theta (0 without CUPED), and estimate and standard error, absolute and relative, and the relative interval. */
function difference(type: 'mean' | 'ratio', withCuped: boolean, n: number): Case {
  const [treatment, control] = [panel(whole(20, 300), 0.3, n), panel(whole(20, 300), 0, n)];
  const found = compare(type, momentsOf(treatment), momentsOf(control));
  const side = withCuped ? found?.cuped : found;
  return {
    question: ['delta', withCuped ? `${type} cuped` : type, treatment, control],
    ours: [
      withCuped ? found?.cuped?.theta : 0,
      ...[side?.absolute, side?.relative].flatMap((effect) => [effect?.estimate, effect?.standardError]),
      ...(side?.relative?.fixed ?? []).map((end) => (Number.isFinite(end) ? end : null)),
    ],
  };
}

/** Made when they are asked, so that nothing is computed where the oracle is not installed. */
const topics: Record<string, () => Case[]> = {
  'scipy: chi-square of counts': () =>
    times(60, () => {
      const shares = times(whole(2, 6), () => whole(1, 50));
      const counts = shares.map((share) => Math.round(share * 100 * (1 + 0.1 * normal())));
      const { statistic, p } = sampleRatio(counts, shares);
      return { question: ['chi_square', counts, shares], ours: [statistic, p] };
    }),

  'scipy: chi-square of counts over days': () =>
    times(60, (n) => {
      const days = times(whole(2, n === 0 ? 700 : 40), () => times(2 + (n % 3), () => whole(50, 90)));
      const { statistic, p } = sampleRatioOverTime(days);
      return { question: ['homogeneity', days], ours: [statistic, p] };
    }),

  'statsmodels and spotify-confidence: proportions': () =>
    times(40, () => {
      const panels = [binary(whole(30, 2000), 0.3), binary(whole(30, 2000), 0.25)] as const;
      const ours = absolute('proportion', ...panels);
      return ['proportions', 'spotify'].map((name): Case => ({ question: [name, ...panels], ours }));
    }).flat(),

  'statsmodels and spotify-confidence: means': () =>
    times(40, (n) => {
      const panels = [panel(whole(20, 300), 0.2, n), panel(whole(20, 300), 0, n)] as const;
      const ours = absolute('mean', ...panels);
      return ['means', 'spotify'].map((name): Case => ({ question: [name, ...panels], ours }));
    }).flat(),

  "statsmodels' delta method: means": () => times(40, (n) => difference('mean', false, n)),
  "statsmodels' delta method: ratios": () => times(40, (n) => difference('ratio', false, n)),
  "statsmodels' regression and delta method: means with CUPED": () => times(40, (n) => difference('mean', true, n)),
  "statsmodels' regression and delta method: ratios with CUPED": () => times(40, (n) => difference('ratio', true, n)),

  "statsmodels' regression: the difference of CUPED is the coefficient of the panel": () =>
    times(40, (n) => {
      const [treatment, control] = [panel(whole(20, 300), 0.3, n), panel(whole(20, 300), 0, n)];
      const { cuped } = compare('mean', momentsOf(treatment), momentsOf(control)) ?? {};
      return { question: ['regression', treatment, control], ours: [cuped?.absolute.estimate, cuped?.theta] };
    }),

  'statsmodels: Holm': () =>
    times(60, () => {
      const p = times(whole(1, 12), () => random() ** 3);
      return { question: ['holm', p], ours: holm(p) };
    }),

  'statsmodels: power of means': () =>
    times(60, () => {
      const [effect, deviation, alpha] = [0.3 * random(), 0.5 + random(), [0.05, 0.01, 0.1][whole(0, 2)] as number];
      const shares = [whole(20, 5000), whole(20, 5000)] as const;
      const baseline = { type: 'mean', value: 1, variance: deviation ** 2 } as const;
      const ours = powerOf(baseline, effect, shares[0] + shares[1], { alpha, shares, reading: 'fixed' });
      return { question: ['power_of_means', effect, deviation, ...shares, alpha], ours };
    }),

  'statsmodels: power of proportions': () =>
    times(60, () => {
      const [base, effect] = [0.05 + 0.5 * random(), 0.1 * random()];
      const shares = [whole(20, 5000), whole(20, 5000)] as const;
      const baseline = { type: 'proportion', value: base, variance: base * (1 - base) } as const;
      const ours = powerOf(baseline, effect, shares[0] + shares[1], { shares, reading: 'fixed' });
      return { question: ['power_of_proportions', base, effect, ...shares, 0.05], ours };
    }),

  'statsmodels: users needed for a difference of means': () =>
    times(30, () => {
      const [effect, deviation, power] = [0.05 + 0.3 * random(), 0.5 + random(), 0.7 + 0.25 * random()];
      const baseline = { type: 'mean', value: 0, variance: deviation ** 2 } as const;
      const ours = samplesNeeded(baseline, effect, power, { reading: 'fixed' });
      return { question: ['users_for_means', effect, deviation, power, 0.05], ours };
    }),

  'statsmodels: power of the sample-ratio test': () =>
    times(40, () => {
      const [users, shares] = [whole(1000, 200_000), times(whole(2, 4), () => whole(1, 20))];
      const fault = { users, shares, panel: whole(0, shares.length - 1), lost: 0.05 * random() };
      return {
        question: ['power_of_ratio', users, shares, fault.panel, fault.lost, 0.001],
        ours: sampleRatioPower(fault),
      };
    }),

  'confseq: the reach of the anytime-valid interval': () =>
    times(100, () => {
      const [users, intendedUsers] = [whole(10, 1e6), whole(100, 1e6)];
      const alpha = [0.05, 0.01, 0.1][whole(0, 2)] as number;
      return { question: ['reach', users, alpha, intendedUsers], ours: anytimeReach(users, { alpha, intendedUsers }) };
    }),

  'confseq: the anytime-valid p value': () =>
    times(100, () => {
      const [users, intendedUsers, z] = [whole(10, 1e6), whole(100, 1e6), 6 * random()];
      const ours = effectOf(z, 1, users, { intendedUsers }).anytimeP;
      return { question: ['anytime_p', z, users, 0.05, intendedUsers], ours };
    }),

  'scipy and statsmodels: preferences of an interleaved experiment': () =>
    times(40, () => {
      const { a, b, ties } = { a: whole(1, 600), b: whole(1, 600), ties: whole(0, 100) };
      const { preference, signTestP } = readInterleaved({ a, b, ties }) ?? {};
      return [
        { question: ['sign_test', a, b], ours: signTestP } as Case,
        {
          question: ['preference', a, b, ties],
          ours: [preference?.estimate, ...(preference?.fixed ?? [])],
        } as Case,
      ];
    }).flat(),

  'hashlib: the coins of team drafts': () =>
    ['ana', '10003456@N00', 'łukasz', ''].map((user) => ({
      question: ['coins', 'demo-1', user, 'r-1'],
      ours: times(256, (round) => Number(draftCoin('demo-1', user, 'r-1')(round))),
    })),
};

describe('agrees to 1e-9 with', () => {
  const asked = new Map<string, { readonly cases: Case[]; readonly answers: unknown[] }>();

  beforeAll(() => {
    if (!installed) return;
    const all = Object.entries(topics).map(([topic, make]) => ({ topic, cases: make() }));
    const answers = ask(all.flatMap(({ cases }) => cases.map(({ question }) => question)));
    for (const { topic, cases } of all) asked.set(topic, { cases, answers: answers.splice(0, cases.length) });
  });

  for (const topic of Object.keys(topics))
    testIf(installed, 'tools/oracle/install.sh has not run')(topic, () => {
      const { cases, answers } = asked.get(topic) ?? { cases: [], answers: [] };
      expect(answers.length).toBeGreaterThan(3);
      cases.forEach((each, n) => expectAgreement(each, answers[n]));
    });
});
