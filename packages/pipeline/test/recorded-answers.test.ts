import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

import { SERVICES, differences, outcomesOf, replay } from './fixtures/recorded/replay.mjs';
import type { RecordedAnswer, RecordedCommand } from './fixtures/recorded/replay.mjs';

const rowsOf = async (name: string) =>
  (await readFile(new URL(`./fixtures/recorded/${name}`, import.meta.url), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** All differences of one answer or command as one text, under its name; the first few of each. */
function told(name: string, found: readonly string[]): string[] {
  if (found.length === 0) return [];
  const more = found.length > 5 ? [`…and ${found.length - 5} more`] : [];
  return [[name, ...found.slice(0, 5), ...more].join('\n    ')];
}

const [{ commonHeaders }, { metrics }, ...answers] = (await rowsOf('answers.jsonl')) as [
  { commonHeaders: Record<string, string> },
  { metrics: unknown },
  ...RecordedAnswer[],
];

test.each(Object.keys(SERVICES))('the service "%s" answers on the old root as it was recorded', async (service) => {
  const recorded = answers.filter((row) => row.service === service);
  const now = await replay(
    service,
    recorded.map(({ request }) => request),
  );
  const found = recorded.flatMap(({ request: { method, path, body = '' }, answer }, n) => {
    const headers = Object.fromEntries(
      Object.entries({ ...commonHeaders, ...answer.headers })
        .filter(([, value]) => value !== null)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    return told(`${n + 1}. ${method} ${path} ${body}`, differences({ ...answer, headers }, now.answers[n]));
  });
  if (now.metrics !== undefined) found.push(...told('/metrics', differences(metrics, now.metrics)));
  expect(recorded.length).toBeGreaterThan(4);
  expect(found.join('\n')).toBe('');
});

test('commands on the old root end and print as they were recorded', async () => {
  const commands = (await rowsOf('commands.jsonl')) as RecordedCommand[];
  const outcomes = await outcomesOf(commands);
  const found = commands.flatMap(({ argv, outcome }, n) =>
    told(`attractions ${argv.join(' ')}`, differences(outcome, outcomes[n])),
  );
  expect(found.join('\n')).toBe('');
});
