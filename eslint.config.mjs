import nx from '@nx/eslint-plugin';
import jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

/** Which layer may import which: contract <- stage <- app. `config` is for drivers and the app alone (see the second block). */
const layers = [
  { sourceTag: 'layer:config', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:contract', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:stage', onlyDependOnLibsWithTags: ['layer:contract', 'layer:config'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:contract', 'layer:config', 'layer:stage'] },
  { sourceTag: 'layer:tools', onlyDependOnLibsWithTags: ['layer:contract', 'layer:config', 'layer:stage'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/reports/**', '**/node_modules/**', '**/*.d.ts'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], enforceBuildableLibDependency: true, depConstraints: layers },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/driver.ts', '**/cli.ts', '**/settings.ts', 'packages/pipeline/**', 'packages/config/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: '@attractions/config',
          message: 'Only a driver.ts, cli.ts or settings.ts reads the configuration; take options as arguments.',
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only @attractions/config reads the environment.' },
      ],
    },
  },
  {
    // What a package imports it must declare, and what it declares it must import. Tests may use the root's tools.
    files: ['packages/*/package.json'],
    languageOptions: { parser: jsonc },
    plugins: { '@nx': nx },
    rules: {
      '@nx/dependency-checks': [
        'error',
        { buildTargets: ['build'], ignoredFiles: ['{projectRoot}/test/**/*'], checkVersionMismatches: true },
      ],
    },
  },
);
