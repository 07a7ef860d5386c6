import { BUCKETS, shown } from './experiment.js';
import type { Experiment } from './experiment.js';

/** Names are labels of metrics and columns of exposures, where long ones cost. */
const MAX_LENGTH = 200;

/**
 * Why an experiment must not be stored, although its users could be assigned; undefined if it may.
 *
 * @param recommenders the names that a panel may use; default: any
 */
export function putProblem(experiment: Experiment, recommenders?: readonly string[]): string | undefined {
  return namesProblem(experiment) ?? saltsProblem(experiment) ?? panelsProblem(experiment, recommenders);
}

function namesProblem({ experiment, layer, changedBy, reason, layerSalt, salt, holdout, panels }: Experiment) {
  const names = [
    ['experiment', experiment],
    ['layer', layer],
    ['layerSalt', layerSalt],
    ['salt', salt],
    ['holdout.salt', holdout?.salt],
    ['changedBy', changedBy],
    ...panels.map(({ name }, i) => [`panels[${i}].name`, name] as const),
  ] as const;
  for (const [what, text = ''] of names) {
    if (text.length > MAX_LENGTH) {
      return `${what} is ${shown(`${text.slice(0, 20)}…`)} with ${text.length} characters; give at most ${MAX_LENGTH}.`;
    }
    if (/\p{Cc}/u.test(text)) return `${what} is ${shown(text)}; leave out control characters.`;
  }
  if (reason !== undefined && reason.length > MAX_LENGTH * 10)
    return `reason has ${reason.length} characters; give at most ${MAX_LENGTH * 10}.`;
  return undefined;
}

function saltsProblem({ layerSalt, layerBuckets, salt, holdout }: Experiment): string | undefined {
  const salts = [
    ['layerSalt', layerSalt],
    ['salt', salt],
    ['holdout.salt', holdout?.salt],
  ] as const;
  for (const [what, text = ''] of salts) {
    if (text.includes('|'))
      return `${what} is ${shown(text)}; leave out |, which separates the salt from the user id when both are hashed.`;
  }
  if (salt === layerSalt && layerBuckets[1] - layerBuckets[0] < BUCKETS) {
    return `salt is ${shown(salt)}, the same as layerSalt; give another one, or the users in ${shown(layerBuckets)} of the layer fall into the same buckets of the panels.`;
  }
  if (holdout !== undefined && (holdout.salt === salt || holdout.salt === layerSalt))
    return `holdout.salt is ${shown(holdout.salt)}, the same as ${holdout.salt === salt ? 'salt' : 'layerSalt'}; give another one, or the users held out are taken from some of the buckets only.`;
  return undefined;
}

function panelsProblem({ panels }: Experiment, recommenders?: readonly string[]): string | undefined {
  for (const [i, { recommender, buckets }] of panels.entries()) {
    if (recommender !== undefined && recommenders?.includes(recommender) === false) {
      return `panels[${i}].recommender is ${shown(recommender)}, which is not known; give one of: ${recommenders.join(', ')}.`;
    }
    if (buckets.length === 0) return `panels[${i}].buckets is an empty list; give it a range, or leave the panel out.`;
  }
  return undefined;
}
