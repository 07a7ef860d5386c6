/**
 * How long the assignment of one user takes: two experiments in one layer and one in another, for a million users, four hashes each. Five runs in one process;
 * the processor time of the fastest counts, since other programs may run on the machine.
 *
 *     node tools/bench/assign/assign.mjs
 */
import { availableParallelism, cpus } from 'node:os';
import { assignmentIn, assignmentsIn, startExperiment } from '@attractions/experiments';

const USERS = 1_000_000;

const change = { at: new Date(), by: 'bench' };
const panels = [
  { name: 'als', recommender: 'als', share: 50 },
  { name: 'popular', recommender: 'popular', share: 50 },
];
const running = [];
running.push(startExperiment({ experiment: 'first', share: 60, panels }, change, running));
running.push(startExperiment({ experiment: 'second', share: 40, panels }, change, running));
const flag = panels.map(({ name, share }) => ({ name, share }));
running.push(startExperiment({ experiment: 'button', panels: flag }, change, running));

const userIds = Array.from({ length: USERS }, (_, n) => `visitor-${n}`);

function fastest(assign) {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    for (const userId of userIds) assign(userId);
    return process.cpuUsage(before).user / USERS;
  });
  return Number(Math.min(...runs).toFixed(3));
}

console.log(
  JSON.stringify({
    users: USERS,
    microsecondsOfThree: fastest(assignmentsIn(running)),
    microsecondsOfOne: fastest(assignmentIn(running[0])),
    node: process.version,
    cpu: `${availableParallelism()} x ${cpus()[0]?.model.trim()}`,
  }),
);
