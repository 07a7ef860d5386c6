import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { optionSpecs } from '../src/options.js';
import type { OptionSpec } from '../src/options.js';

function rangeOf(spec: OptionSpec): string {
  if (spec.type === 'flag') return 'true, false';
  return spec.type === 'choice' ? spec.choices.join(', ') : `${spec.min} to ${spec.max} ${spec.unit}`;
}

test('the options table of the guide is the one in the code', () => {
  const guide = readFileSync(new URL('../../../docs/training.md', import.meta.url), 'utf8');
  const section = guide.slice(guide.indexOf('## Options'), guide.indexOf('### Weights'));
  const rows = section.split('\n').flatMap((line) => {
    const [, name, ...cells] = line.replaceAll('\\|', '¦').split('|');
    const plain = cells.map((cell) => cell.trim().replaceAll('¦', '|').replaceAll('\\*', '*'));
    return name?.includes('`') ? [[name.trim().slice(1, -1), ...plain.slice(0, 4)]] : [];
  });
  const expected = Object.entries(optionSpecs).map(([name, spec]: [string, OptionSpec]) => [
    name,
    String(spec.default),
    rangeOf(spec),
    spec.description,
    spec.source,
  ]);
  expect(rows).toEqual(expected);
});
