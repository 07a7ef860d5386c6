import { CreateError } from './errors.js';
import { variableOf } from './plan.js';
import type { Language, PackageManager, Plan } from './plan.js';

/** Of each of our packages that a project needs, the range. */
export type Ranges = Readonly<Record<'@attractions/pipeline' | '@attractions/recommender', string>>;

/** The commands of a package manager. */
const COMMANDS = {
  npm: { run: 'npm run', exec: 'npx', install: 'npm ci', production: 'npm ci --omit=dev', lockfile: 'package-lock.json', setup: '' },
  pnpm: { run: 'pnpm', exec: 'pnpm', install: 'pnpm install --frozen-lockfile', production: 'pnpm install --frozen-lockfile --prod', lockfile: 'pnpm-lock.yaml', setup: 'npm install --global pnpm@10' },
  yarn: { run: 'yarn', exec: 'yarn', install: 'yarn install --frozen-lockfile', production: 'yarn install --frozen-lockfile --production', lockfile: 'yarn.lock', setup: '' },
} as const satisfies Record<PackageManager, object>; // prettier-ignore

/** The name of the configuration file. */
export const configFileOf = (language: Language): string => `attractions.config.${extensionOf(language)}`;

const extensionOf = (language: Language): string => (language === 'typescript' ? 'ts' : 'js');

/** Every file of a new project, by path. The configuration file has no sources yet: `attractions init` guesses those. */
export function projectFiles(plan: Plan, ranges: Ranges): Record<string, string> {
  const { language, packageManager } = plan;
  const extension = extensionOf(language);
  return {
    'package.json': `${JSON.stringify(manifest(plan, ranges), null, 2)}\n`,
    [configFileOf(language)]: withRule('export default {\n};\n', language),
    [`src/not-closed.${extension}`]: RULE,
    [`test/not-closed.test.${extension}`]: ruleTest(extension),
    ...(language === 'typescript' && { 'tsconfig.json': TSCONFIG }),
    // Yarn 1 installs no package whose range of Node leaves ours out; npm and pnpm warn. Yarn 2 and later would leave out node_modules.
    ...(packageManager === 'yarn' && {
      '.yarnrc': 'ignore-engines true\n',
      '.yarnrc.yml': 'nodeLinker: node-modules\n',
    }),
    '.env': settings(plan),
    '.env.example': settings(plan),
    '.gitignore': 'node_modules/\nfeeds/\n.env\n',
    '.dockerignore': 'node_modules\nfeeds\n.env\n.git\n',
    Dockerfile: dockerfile(packageManager),
    '.github/workflows/ci.yml': workflow(plan),
    'README.md': readme(plan),
  };
}

/**
 * The text of a configuration file with the rule of the project.
 * @throws CreateError CREATE_DATA_UNKNOWN where the text is not one object that is exported
 */
export function withRule(configText: string, language: Language): string {
  const [comments, body] = configText.split(/^export default \{\n/m);
  if (body === undefined || !body.endsWith('};\n'))
    throw new CreateError('CREATE_DATA_UNKNOWN', `'${configText.slice(0, 60)}…' is not a configuration file as attractions init writes it; use a newer create-attractions.`); // prettier-ignore
  return `${comments}import { defineConfig } from '@attractions/pipeline/config';
import { notClosed } from './src/not-closed.${extensionOf(language)}';

export default defineConfig({
  rules: [notClosed],
${body.slice(0, -'};\n'.length)}});
`;
}

function manifest({ name, language, data }: Plan, ranges: Ranges): object {
  const isTyped = language === 'typescript';
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19.0' },
    scripts: {
      start: 'attractions run && attractions serve',
      ...(data.length > 0 && { check: 'attractions check' }),
      etl: 'attractions etl',
      train: 'attractions train',
      validate: 'attractions validate',
      serve: 'attractions serve',
      test: isTyped ? 'node --import jiti/register --test test/not-closed.test.ts' : 'node --test',
      ...(isTyped && { typecheck: 'tsc' }),
    },
    dependencies: ranges,
    ...(isTyped && { devDependencies: { '@types/node': '^20.19.43', jiti: '^2.7.0', typescript: '~6.0.3' } }),
  };
}

const RULE = `import { defineRule } from '@attractions/recommender';

/** A rule of your own: what its name says is closed is on no list. It is asked for one attraction at a time, with the request. */
export const notClosed = defineRule({
  name: 'not-closed',
  allows: ({ name }) => !/\\bclosed\\b/i.test(name),
});
`;

const ruleTest = (extension: string) => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleCases } from '@attractions/recommender/testing';
import { notClosed } from '../src/not-closed.${extension}';

// What every rule promises.
for (const { name, run } of ruleCases(notClosed)) test(name, run);

test('what is closed is not shown', () => {
  const shown = (name${extension === 'ts' ? ': string' : ''}) => notClosed.allows?.({ attractionId: 'a', park: 'p', name, themes: [] }, {});
  assert.deepEqual(['Log Flume', 'Log Flume (closed)', 'Disclosed Secrets'].map(shown), [true, false, true]);
});
`;

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023"],
    "types": ["node"],
    "module": "nodenext",
    "allowImportingTsExtensions": true,
    "strict": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["attractions.config.ts", "src", "test"]
}
`;

function settings({ data }: Plan): string {
  const variables = data.flatMap((place) => variableOf(place) ?? []);
  return [
    '# Settings of every command. Variables of the environment go first.',
    'FEEDS_ROOT=./feeds',
    'PORT=3000',
    ...(data.length === 0 ? ['# The sample data; delete this line once attractions init has made a configuration file for your own.', 'RAW_DATA_PATH=node_modules/@attractions/pipeline/dist/sample-data'] : []),
    ...variables.map((name) => `# ${name}=postgres://user:password@host/database`),
    ...(data.some((place) => place.startsWith('s3:')) ? ['# AWS_REGION=', '# AWS_ACCESS_KEY_ID=', '# AWS_SECRET_ACCESS_KEY='] : []),
    '',
  ].join('\n'); // prettier-ignore
}

function dockerfile(packageManager: PackageManager): string {
  const { production, lockfile, setup } = COMMANDS[packageManager];
  const more = packageManager === 'yarn' ? ' .yarnrc .yarnrc.yml' : '';
  return `# docker build -t attractions . && docker run -p 3000:3000 -v feeds:/feeds attractions
# Other commands: docker run -v feeds:/feeds -v ./data:/data:ro attractions run
FROM node:20-bookworm-slim
RUN install --directory --owner=1000 --group=1000 /feeds
WORKDIR /app
COPY package.json ${lockfile}${more} ./
RUN ${setup === '' ? '' : `${setup} && `}${production}
COPY . .
USER 1000
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 FEEDS_ROOT=/feeds
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \\
  CMD ["node", "-e", "fetch(\`http://127.0.0.1:\${process.env.PORT}/readyz\`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "node_modules/@attractions/pipeline/bin/attractions.js"]
CMD ["serve"]
`;
}

function workflow({ language, packageManager }: Plan): string {
  const { install, run, setup } = COMMANDS[packageManager];
  return `name: ci
on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
${setup === '' ? '' : `      - run: ${setup}\n`}      - run: ${install}
${language === 'typescript' ? `      - run: ${run} typecheck\n` : ''}      - run: ${run} test
`;
}

function readme({ name, language, packageManager, data }: Plan): string {
  const { run, exec } = COMMANDS[packageManager];
  const extension = extensionOf(language);
  const config = configFileOf(language);
  const own =
    data.length === 0
      ? `It runs on sample data. For your own: delete \`RAW_DATA_PATH\` from \`.env\`, run \`${exec} attractions init PATH --config data.config.mjs\`, and copy its \`sources\` into \`${config}\`. Use another \`FEEDS_ROOT\` for them.`
      : `Its data are ${data.map((place) => `\`${place}\``).join(', ')}. What each column means was guessed and stands in \`${config}\`; \`?\` marks what to look at. \`${run} check\` shows ten rows as they are read, and which would be refused.`;
  return `# ${name}

Recommendations over HTTP, from your own visits, with [attractions](https://www.npmjs.com/package/@attractions/pipeline).

\`\`\`sh
${packageManager} install
${packageManager} start     # reads the data, trains, and serves http://127.0.0.1:3000
\`\`\`

\`\`\`sh
curl 'http://127.0.0.1:3000/v1/users/ana/recommendations?limit=3&explain=true'
\`\`\`

${own}

| command | does |
| --- | --- |
| \`${run} etl\` | reads the data into the feeds |
| \`${run} train\` | trains on them |
| \`${run} validate\` | the gate: makes a model that is good enough the champion |
| \`${run} serve\` | serves the champion, or the latest model |
| \`${run} test\` | tests the rule |

- \`src/not-closed.${extension}\` is a rule of your own for every list, and \`test/\` tests it.
- \`.env\` has the settings; git leaves it out, and \`.env.example\` is its copy for others.
- \`.github/workflows/ci.yml\` tests each change. \`Dockerfile\` makes an image with the service and all commands.
`;
}
