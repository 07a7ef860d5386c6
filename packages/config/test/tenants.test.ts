import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../src/errors.js';
import { isTenantName, readTenants, tenantRoot } from '../src/tenants.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenants-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(content: unknown): string {
  const path = join(folder, 'tenants.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function failure(path: string): Promise<ConfigError> {
  const error: unknown = await readTenants(path).catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error;
  throw new Error(`No ConfigError: ${JSON.stringify(error)}`);
}

const problemsOf = async (content: unknown) => (await failure(file(content))).problems;

test('paths become absolute, URLs stay, and what is absent stays absent; the order is that of the file', async () => {
  const read = await readTenants(
    file({
      tenants: [
        { tenant: 'south' },
        { tenant: 'north', config: 'north.config.json', data: 'north/raw', keys: 'NORTH_API_KEYS' },
        { tenant: '0-west_2', config: '/etc/west.json', data: 's3://raw/west' },
      ],
    }),
  );
  expect(read).toEqual([
    { tenant: 'south' },
    {
      tenant: 'north',
      config: join(folder, 'north.config.json'),
      data: join(folder, 'north', 'raw'),
      keys: 'NORTH_API_KEYS',
    },
    { tenant: '0-west_2', config: '/etc/west.json', data: 's3://raw/west' },
  ]);
});

test('every problem is named at once, with its place, its value and the fix', async () => {
  const problems = await problemsOf({
    tennants: [],
    tenants: [
      { tenant: 'North' },
      { tenant: 'south', confg: 'x.json', data: '', config: 7 },
      'east',
      { data: 'east/raw' },
      { tenant: 'south' },
    ],
  });
  expect(problems).toEqual([
    'tenants.json: tennants is unknown; did you mean tenants?',
    'tenants.json: tenants[0].tenant is "North"; give 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first.',
    'tenants.json: tenants[1].confg is unknown; did you mean config?',
    'tenants.json: tenants[1].data is ""; give a text, or leave it out.',
    'tenants.json: tenants[1].config is 7; give a text, or leave it out.',
    'tenants.json: tenants[2] is "east"; give an object, such as { "tenant": "north" }.',
    'tenants.json: tenants[3].tenant is missing; give 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first.',
    'tenants.json: tenants[4].tenant is "south", as in an earlier entry; rename one.',
  ]);
});

test.each(['', '.', '..', '../x', 'a/b', 'a\\b', '_fleet', '-a', 'A', 'é', 'a b', 'a\n', 'a'.repeat(64), 7, null])(
  'no tenant is named %j',
  async (tenant) => {
    expect(await problemsOf({ tenants: [{ tenant }] })).toHaveLength(1);
  },
);

test('a name that is allowed is one plain segment of a path and of a URL', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 70, unit: 'binary' }), (name) => {
      if (!isTenantName(name)) return;
      expect(join('/feeds', name)).toBe(`/feeds/${name}`);
      expect(new URL(`http://host/v1/t/${name}/x`).pathname).toBe(`/v1/t/${name}/x`);
      expect(encodeURIComponent(name)).toBe(name);
    }),
  );
  expect(['a', '0', 'north-2', 'a_b', 'a'.repeat(63)].every(isTenantName)).toBe(true);
});

test('keys names a variable; what is written there by mistake is not repeated', async () => {
  const [problem] = await problemsOf({ tenants: [{ tenant: 'north', keys: 'hunter2:secret' }] });
  expect(problem).toBe(
    'tenants.json: tenants[0].keys does not name a variable; give the name of the variable that holds the keys, such as "NORTH_API_KEYS".',
  );
});

test.each([
  ['{ "tenants": [ }', 'CONFIG_FILE_BROKEN', /^tenants\.json cannot be read: /],
  ['[]', 'CONFIG_FILE_INVALID', 'tenants.json: the file holds a list; give { "tenants": [{ "tenant": "north" }] }.'],
  ['{}', 'CONFIG_FILE_INVALID', 'tenants.json: tenants is missing; give { "tenants": [{ "tenant": "north" }] }.'],
  [
    '{"tenants":[]}',
    'CONFIG_FILE_INVALID',
    'tenants.json: tenants is empty; give { "tenants": [{ "tenant": "north" }] }.',
  ],
  ['{"tenants":[{"tenant":"a","__proto__":1}]}', 'CONFIG_FILE_INVALID', /__proto__ is unknown/],
])('%s is refused', async (content, code, message) => {
  const error = await failure(file(content));
  expect([error.code, error.exitCode]).toEqual([code, 2]);
  expect(error.message).toMatch(message);
});

test('a file that does not exist is named as it was given', async () => {
  const error = await failure(join(folder, 'absent.json'));
  expect([error.code, error.exitCode]).toEqual(['CONFIG_FILE_MISSING', 2]);
  expect(error.message).toBe(`There is no file '${join(folder, 'absent.json')}'; give the path of a file of tenants.`);
});

test.each([
  ['./feeds', './feeds/north'],
  ['/srv/feeds/', '/srv/feeds/north'],
  ['/', '/north'],
  ['what?', 'what?/north'],
  ['file:///srv/feeds', 'file:///srv/feeds/north'],
  ['s3://bucket', 's3://bucket/north'],
  ['s3://bucket/feeds/?path-style=true', 's3://bucket/feeds/north?path-style=true'],
])('below %s, the feeds of a tenant are in %s', (root, expected) => {
  expect(tenantRoot(root, 'north')).toBe(expected);
});
