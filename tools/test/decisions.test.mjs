import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const folder = join(import.meta.dirname, '../decisions');
const records = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));

test("every decision has a number of its own, the template's headings and a line in the index", () => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  assert.equal(new Set(records.map((name) => name.slice(0, 4))).size, records.length);
  for (const name of records) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.ok(index.includes(`[${name.slice(0, 4)}](${name})`), `${name} is not in the index`);
    assert.match(text, new RegExp(`^# ${name.slice(0, 4)}: `));
    for (const heading of ['## The question', '## Decided', '## Why, and what else was weighed', '## What it costs'])
      assert.ok(text.includes(`\n${heading}\n`), `${name} lacks "${heading}"`);
  }
});
