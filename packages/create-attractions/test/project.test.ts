import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { projectFiles } from '../src/index.js';
import type { Plan } from '../src/index.js';
import { LANGUAGES, PACKAGE_MANAGERS, nameOf, packageManagerOf } from '../src/plan.js';
import { withRule } from '../src/project.js';

const ranges = { '@attractions/pipeline': '^1.2.3', '@attractions/recommender': '^2.0.0' };
const plan: Plan = { name: 'parks', language: 'typescript', packageManager: 'npm', data: [] };
const plans = LANGUAGES.flatMap((language) =>
  PACKAGE_MANAGERS.flatMap((packageManager) =>
    [[], ['../visits', 's3://shop/logs', 'postgres:SHOP_URL']].map((data) => ({
      ...plan,
      language,
      packageManager,
      data,
    })),
  ),
);

describe('the files of a project', () => {
  test.each(plans)('$language, $packageManager, $data: every path that one names is there', (each) => {
    const files = projectFiles(each, ranges);
    const text = Object.values(files).join('\n');
    const named = [...text.matchAll(/(?:\.\.?\/|^|[\s`'"])((?:src|test)\/[\w.-]+\.(?:ts|js))/gm)].map(
      ([, path]) => path,
    );
    expect(named.length).toBeGreaterThan(2);
    for (const path of named) expect(Object.keys(files)).toContain(path);
    expect(JSON.parse(files['package.json'] ?? '').dependencies).toEqual(ranges);
    expect(text).not.toMatch(/undefined|\[object/);
  });

  test.each(plans)('$language, $packageManager, $data: the commands are those of the package manager', (each) => {
    const files = projectFiles(each, ranges);
    const lockfile = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock' }[each.packageManager];
    expect(files['Dockerfile']).toContain(`COPY package.json ${lockfile}`);
    const install = { npm: 'npm ci', pnpm: 'pnpm install --frozen-lockfile', yarn: 'yarn install --frozen-lockfile' };
    expect(files['.github/workflows/ci.yml']).toContain(`- run: ${install[each.packageManager]}\n`);
    expect(files['README.md']).toContain(`${each.packageManager} start`);
  });

  test('variables of databases and buckets are named in the settings, without values; nothing else is read there', () => {
    const env = projectFiles({ ...plan, data: ['postgres:SHOP_URL', 's3://shop/logs'] }, ranges)['.env'] ?? '';
    expect(env).toMatch(/^# SHOP_URL=postgres:/m);
    expect(env).toMatch(/^# AWS_REGION=$/m);
    expect(env).not.toContain('RAW_DATA_PATH');
    expect(projectFiles(plan, ranges)['.env']).toMatch(/^RAW_DATA_PATH=/m);
  });
});

test('a rule is put into a configuration file as attractions init writes it, and nothing else changes', () => {
  const written =
    "// Made by `attractions init`.\nexport default {\n  sources: {\n    visits: { type: 'csv' },\n  },\n};\n";
  expect(withRule(written, 'javascript').split('\n')).toEqual([
    '// Made by `attractions init`.',
    "import { defineConfig } from '@attractions/pipeline/config';",
    "import { notClosed } from './src/not-closed.js';",
    '',
    'export default defineConfig({',
    '  rules: [notClosed],',
    '  sources: {',
    "    visits: { type: 'csv' },",
    '  },',
    '});',
    '',
  ]);
  expect(() => withRule('module.exports = {};\n', 'javascript')).toThrow(
    expect.objectContaining({ code: 'CREATE_DATA_UNKNOWN' }),
  );
});

describe('the name of a project', () => {
  test.each(['parks', 'my-parks.2', '0_a'])('%s is one', (name) => expect(nameOf(`/tmp/${name}`)).toBe(name));
  test.each(['Parks', 'two words', '.hidden', '-x', 'é', 'node_modules', ''])('%j is refused', (name) =>
    expect(() => nameOf(name)).toThrow(expect.objectContaining({ code: 'CREATE_NAME_INVALID' })),
  );
});

test('the package manager is the one that runs this; npm where nobody says', () => {
  expect(packageManagerOf('pnpm/10.34.8 npm/? node/v20.20.2 linux x64')).toBe('pnpm');
  expect(packageManagerOf('yarn/1.22.22 npm/? node/v20.20.2 linux x64')).toBe('yarn');
  fc.assert(fc.property(fc.string(), (text) => PACKAGE_MANAGERS.includes(packageManagerOf(text))));
  expect(packageManagerOf()).toBe('npm');
});
