import type { Experiment } from './experiments.js';

/** Why a value is no experiment, as a sentence naming the first thing that is wrong; undefined where it is one. */
export function experimentProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'An experiment is an object.';
  for (const name of ['experiment', 'layerSalt', 'salt']) {
    if (typeof value[name] !== 'string' || value[name] === '') return `${name} is ${show(value[name])}, not a text.`;
  }
  const { version, layerBuckets, panels } = value;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return `version is ${show(version)}, not a whole number of at least 1.`;
  }
  if (!isRange(layerBuckets)) return `layerBuckets is ${show(layerBuckets)}; ${RANGE}`;
  if (!Array.isArray(panels) || panels.length === 0) return 'panels is no list of at least one panel.';
  return panelsProblem(panels);
}

/** Tells whether a value is an experiment. */
export function isExperiment(value: unknown): value is Experiment {
  return experimentProblem(value) === undefined;
}

const RANGE = 'a range is [from, to) with whole numbers and 0 <= from < to <= 10000.';

function panelsProblem(panels: readonly unknown[]): string | undefined {
  const names = new Set<unknown>();
  const owned: (readonly [from: number, to: number, panel: string])[] = [];
  for (const [i, panel] of panels.entries()) {
    if (!isObject(panel)) return `Panel ${i + 1} is no object.`;
    const { name, recommender, buckets } = panel;
    if (typeof name !== 'string' || name === '') return `Panel ${i + 1}: name is ${show(name)}, not a text.`;
    if (names.has(name)) return `Panel ${i + 1}: name is ${show(name)}, which an earlier panel has too.`;
    names.add(name);
    if (typeof recommender !== 'string' || recommender === '') {
      return `Panel ${name}: recommender is ${show(recommender)}, not a text.`;
    }
    if (!Array.isArray(buckets)) return `Panel ${name}: buckets is no list.`;
    for (const range of buckets) {
      if (!isRange(range)) return `Panel ${name}: buckets holds ${show(range)}; ${RANGE}`;
      owned.push([...range, name]);
    }
  }
  return overlap(owned);
}

function overlap(owned: (readonly [from: number, to: number, panel: string])[]): string | undefined {
  let end = 0;
  let owner = '';
  for (const [from, to, panel] of [...owned].sort(([a], [b]) => a - b)) {
    if (from < end) return `Panels ${owner} and ${panel} both own bucket ${from}.`;
    [end, owner] = [to, panel];
  }
  return undefined;
}

function isRange(value: unknown): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return false;
  const [from, to]: number[] = value;
  return from !== undefined && to !== undefined && 0 <= from && from < to && to <= 10_000;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
