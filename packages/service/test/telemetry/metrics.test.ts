import { describe, expect, test } from '@jest/globals';
import { serving } from '../../src/served.js';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration } from '@attractions/models/testing';
import { askAt, listening } from '../support/service.js';

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** Checks the grammar of the text format 0.0.4: HELP and TYPE before the samples of a name, each sample once. */
function parse(text: string): { types: Map<string, string>; samples: Sample[] } {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('# HELP '))) {
    const [, typed, type] = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      expect(types.has(typed)).toBe(false);
      types.set(typed, type);
      continue;
    }
    const [, name = '', labels = '', value = ''] =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/.exec(line) ?? [];
    expect({ line, name }).not.toEqual({ line, name: '' });
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    expect(types.has(family)).toBe(true);
    samples.push({ name, labels, value: Number(value) });
  }
  return { types, samples };
}

describe('GET /metrics', () => {
  test('has `_total` in the name of every counter and of nothing else, as promtool wants it', async () => {
    const { body } = await askAt(await listening(serving(sampleGeneration(), {})), '/metrics');
    for (const [name, type] of parse(body as string).types) {
      expect({ name, counts: name.endsWith('_total') }).toEqual({ name, counts: type === 'counter' });
    }
  });

  test('counts answers by source and panel, and times requests by route; it names no user', async () => {
    const url = await listening(serving(sampleGeneration(), { experiments: [demoExperiment] }));
    for (const user of ['ana', 'ana', 'nobody-at-all']) await askAt(url, `/v1/users/${user}/recommendations`);
    await askAt(url, '/v1/recommendations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ visits: ['bay:slide'] }),
    });
    const answer = await askAt(url, '/metrics');
    expect(answer).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    const { types, samples } = parse(String(answer.body));
    const sum = (name: string, label: string) =>
      samples
        .filter((one) => one.name === name && one.labels.includes(label))
        .reduce((all, { value }) => all + value, 0);
    expect(sum('attractions_answers_total', '')).toBe(4);
    expect(sum('attractions_answers_total', 'source="fold-in",panel=""')).toBe(1);
    expect(sum('attractions_http_request_duration_seconds_count', 'route="/v1/users/:userId/recommendations"')).toBe(3);
    expect(types.get('attractions_http_request_duration_seconds')).toBe('histogram');
    expect(sum('attractions_generation_swaps_total', 'result="refused"')).toBe(0);
    expect(String(answer.body)).not.toMatch(/ana"|nobody-at-all/);
    for (const [name, type] of types) {
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (name.startsWith('attractions_')) expect(name).not.toMatch(/_(ms|milliseconds|minutes)(_|$)/);
    }
  });
});
