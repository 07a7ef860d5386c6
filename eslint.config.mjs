import nx from '@nx/eslint-plugin';
import jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

/** Which layer may import which: arrows run down only. `config` is for drivers and the app alone (see the second block). */
const below = ['layer:ground', 'layer:contracts', 'layer:models'];
const layers = [
  { sourceTag: 'layer:ground', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: ['layer:ground'] },
  { sourceTag: 'layer:models', onlyDependOnLibsWithTags: ['layer:ground', 'layer:contracts'] },
  { sourceTag: 'layer:stage', onlyDependOnLibsWithTags: below },
  // The one stage on a stage: the service stands on the library of the recommender.
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: [...below, 'serves:lists'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: [...below, 'layer:stage', 'layer:service'] },
  { sourceTag: 'layer:tools', onlyDependOnLibsWithTags: [...below, 'layer:stage', 'layer:service', 'layer:app'] },
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
        {
          allow: [],
          enforceBuildableLibDependency: true,
          // Parquet is loaded once a model is read; the rest of feeds is light.
          checkDynamicDependenciesExceptions: ['feeds'],
          depConstraints: layers,
        },
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
    // It declares sections of the configuration file, with the helpers of that package; the environment stays out of it.
    files: ['packages/*/src/config-file.ts'],
    rules: { 'no-restricted-imports': 'off' },
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
