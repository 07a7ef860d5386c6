/**
 * The reference of the site, made from the built packages: every error code from the tables of errors, every setting from the tables of settings, the command line
 * from `--help`, the HTTP interface from the OpenAPI document of a service that runs on the sample data. Not committed: each is a second form of something that
 * is, so a copy in the repository could only be behind.
 *
 *     node tools/site/reference.mjs        # writes docs/reference/*.md, and the pages that are copied
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { GENERATED, copiedPages, root } from './pages.mjs';

const program = join(root, 'packages/pipeline/bin/attractions.js');
const built = (path) => import(pathToFileURL(join(root, 'packages', path)));
const packages = () =>
  readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'src/errors.ts')))
    .sort();
const page = (title, lead, ...parts) => `# ${title}\n\n${lead}\n\n${parts.join('\n\n')}\n`;
/** Text as it stands in a cell of a table. */
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;');
const prose = (text) => text.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');

/** Every error code of every package. */
export async function errorsPage() {
  const parts = [];
  for (const name of packages()) {
    const exported = await built(`${name}/dist/errors.js`);
    const [, table] = Object.entries(exported).find(([key]) => key.endsWith('_ERRORS'));
    parts.push(`## @attractions/${name}`);
    for (const [code, { when, exitCode, status }] of Object.entries(table))
      parts.push(
        `### ${code}\n\n${prose(when)} Exit code ${exitCode}${status === undefined ? '' : `, HTTP status ${status}`}.`,
      );
  }
  const lead =
    'What failed, by its stable code. Commands end with the exit code: 1 failed (trying again may help), 2 wrong usage or configuration, 3 the data or the model was refused. With `--json` the code is in `error.code`; over HTTP it is the `code` of the problem document. The message beside it has the offending value and the fix.';
  return page(GENERATED.errors, lead, ...parts);
}

/** Every setting, by the stage that reads it; one that several read stands where it is first needed. */
export async function settingsPage() {
  const { describeSettings, sharedSettings } = await built('config/dist/index.js');
  const tables = { 'All stages': sharedSettings };
  for (const [title, path] of [
    ['Read raw data', 'etl'],
    ['Train', 'als-trainer'],
    ['Evaluate, and the gate', 'evaluation'],
    ['Make lists', 'recommender'],
    ['Serve', 'service'],
  ]) {
    const exported = await built(`${path}/dist/settings.js`);
    tables[title] = exported[Object.keys(exported).find((key) => key.endsWith('Settings'))];
  }
  const seen = new Set();
  const parts = Object.entries(tables).flatMap(([title, settings]) => [
    `## ${title}`,
    ...Object.entries(settings).flatMap(([key, setting]) => {
      if (seen.has(setting.variable)) return [];
      seen.add(setting.variable);
      const [description, range] = describeSettings({ [key]: setting })
        .split('\n')
        .map((line) => line.replace(/^# /, ''));
      return [`### ${setting.variable}\n\n${prose(description)}\n\n${prose(range)}`];
    }),
  ]);
  const lead =
    'Settings are environment variables, or lines of a `.env` file in the working folder; the environment has priority. All that are wrong are reported at once, with exit code 2. Your own code and data are in the [configuration file](../own-code.md) instead.';
  return page(GENERATED.settings, lead, ...parts);
}

/** The help of a command, and the names of its subcommands. */
async function helpOf(words) {
  const { main } = await built('pipeline/dist/cli.js');
  let text = '';
  const sink = { write: (part) => (text += part) && true };
  await main([...words, '--help'], { stdout: sink, stderr: sink });
  const [, listed = ''] = /\nCommands:\n([^]*?)(\n\n|$)/.exec(text) ?? [];
  const names = [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name);
  return { text: text.trimEnd(), names: names.filter((name) => name !== 'help') };
}

/** Every command of `attractions`, in the order of its help: `{ words, text }`. */
export async function* commands(words = []) {
  const { text, names } = await helpOf(words);
  yield { words, text };
  for (const name of names) yield* commands([...words, name]);
}

export async function commandLinePage() {
  const parts = [];
  for await (const { words, text } of commands()) {
    if (words.length > 0) parts.push(`${words.length > 1 ? '###' : '##'} attractions ${words.join(' ')}`);
    parts.push(`\`\`\`text\n${text}\n\`\`\``);
  }
  for (const [bin, path] of stageCommands()) {
    const { stdout } = spawnSync(process.execPath, [path, '--help'], { encoding: 'utf8' });
    parts.push(`## ${bin}`, `\`\`\`text\n${stdout.trimEnd()}\n\`\`\``);
  }
  return page(
    GENERATED['command-line'],
    'The help of every command, as the program prints it. The programs of single stages, at the end, come with their packages.',
    ...parts,
  );
}

/** The programs of single stages: name and file. */
function stageCommands() {
  return packages().flatMap((name) => {
    const { bin = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    return Object.entries(bin)
      .filter(([command]) => command !== 'attractions')
      .map(([command, path]) => [command, join(root, 'packages', name, path)]);
  });
}

/** A service on the sample data, for as long as `use` takes. */
export async function withService(use) {
  const folder = mkdtempSync(join(tmpdir(), 'attractions-site-'));
  const settings = { FEEDS_ROOT: join(folder, 'feeds'), PORT: '0', LOG_LEVEL: 'error', FORCE_COLOR: '0' };
  const env = { ...process.env, ...settings, ADMIN_TOKEN: 'a token of sixteen characters' };
  try {
    const { status, stderr } = spawnSync(process.execPath, [program, 'run', '--sample', '--json'], {
      env,
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`The sample run failed: ${stderr}`);
    const service = spawn(process.execPath, [program, 'serve', '--json'], { env, cwd: folder });
    const ended = once(service, 'exit');
    try {
      const first = once(createInterface(service.stdout), 'line').then(([line]) => JSON.parse(line).url);
      return await use(await Promise.race([first, ended.then(() => Promise.reject(new Error('It did not start.')))]));
    } finally {
      service.kill('SIGTERM');
      await ended;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A schema in a few words: `text, 1 to 256 characters`. */
function inWords(schema) {
  if (schema === undefined) return '';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map(inWords).join(', or ');
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const span = (least, most, unit) => {
    if (least === undefined && most === undefined) return '';
    if (most === undefined) return `, at least ${least}${unit}`;
    return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
  };
  const preset = schema.default === undefined ? '' : `; default ${JSON.stringify(schema.default)}`;
  if (schema.type === 'array') return `list of ${inWords(schema.items)}${span(minItems, maxItems, ' entries')}`;
  const kind = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any');
  return `${kind}${span(minimum, maximum, '')}${span(minLength, maxLength, ' characters')}${preset}`;
}

/** Rows for the properties of a schema, those of objects in it below them: `events[].type`. */
function* rowsOf(schema, prefix = '') {
  for (const branch of schema.anyOf ?? schema.oneOf ?? []) yield* rowsOf(branch, prefix);
  if (schema.type === 'array' && schema.items) yield* rowsOf(schema.items, `${prefix}[]`);
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    const at = prefix === '' ? name : `${prefix}.${name}`;
    const needed = schema.required?.includes(name) ? '' : 'optional; ';
    yield `| \`${at}\` | ${cell(needed + inWords(value))} | ${cell(value.description ?? '')} |`;
    yield* rowsOf(value, at);
  }
}

const table = (heading, rows) => {
  const lines = [...new Set(rows)];
  if (lines.length === 0) return [];
  const columns = heading.split('|').length;
  return [`| ${heading} |\n|${' --- |'.repeat(columns)}\n${lines.join('\n')}`];
};

/** @param document the OpenAPI document of the service */
export function httpPage(document) {
  const parts = [];
  for (const { name, description } of document.tags) {
    parts.push(`## ${name[0].toUpperCase()}${name.slice(1)}`, prose(description));
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.tags?.includes(name)) parts.push(...operationParts(path, method, operation));
  }
  const lead =
    'Made from the OpenAPI document of the service, which it serves itself: `GET /openapi.json`, and `GET /docs` for trying calls. [The service](../service.md) says how to start it, and what holds for all paths.';
  return page(GENERATED.http, lead, ...parts);
}

function operationParts(path, method, { summary, description, parameters = [], requestBody, responses, security }) {
  const scope = security?.[0] && Object.values(security[0])[0][0];
  const needs = scope ? `Where the service has keys, it needs one with the scope \`${scope}\`.` : 'It needs no key.';
  const body = requestBody?.content?.['application/json']?.schema;
  const answers = Object.entries(responses).map(([status, answer]) => `| ${status} | ${cell(answer.description)} |`);
  const answer = responses['200'] ?? responses['202'];
  const schema = answer?.content?.['application/json']?.schema;
  return [
    `### ${method.toUpperCase()} ${path}`,
    ...[summary, description].filter(Boolean).map(prose),
    needs,
    ...table(
      'parameter | in | takes | is',
      parameters.map(
        (one) =>
          `| \`${one.name}\` | ${one.in}${one.required ? ', needed' : ''} | ${cell(inWords(one.schema))} | ${cell(one.description ?? '')} |`,
      ),
    ),
    ...(body ? table('body | takes | is', rowsOf(body)) : []),
    ...table('status | means', answers),
    ...(schema ? table('answer | has | is', rowsOf(schema)) : []),
  ];
}

/** The packages in one table: that of the README of the repository. */
function packagesPage() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, table] = /^## Use a package\n\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  if (table === undefined) throw new Error('README.md has no table below "## Use a package".');
  return `---\nsource: README.md\n---\n\n# Packages\n\n${table}`;
}

/** All generated pages, by their names. */
export async function referencePages() {
  const document = await withService(async (url) => (await fetch(`${url}/openapi.json`)).json());
  return new Map([
    ['errors', await errorsPage()],
    ['settings', await settingsPage()],
    ['command-line', await commandLinePage()],
    ['http', httpPage(document)],
  ]);
}

/** Writes what the site has beside its guides: the reference, and the copies with the file that each comes from. */
export async function writePages() {
  const write = (name, text) => {
    const path = join(root, 'docs', `${name}.md`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const folder of ['packages', 'examples', 'decisions'])
    rmSync(join(root, 'docs', folder), { recursive: true, force: true });
  for (const [file, name] of copiedPages())
    write(name, `---\nsource: ${file}\n---\n\n${readFileSync(join(root, file), 'utf8')}`);
  write('packages/index', packagesPage());
  for (const [name, text] of await referencePages()) write(`reference/${name}`, text);
}

if (process.argv[1] === import.meta.filename) await writePages();
