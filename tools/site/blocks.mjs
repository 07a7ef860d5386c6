/**
 * The code blocks of the pages, by language:
 *
 * - `ts`, `js`: type-checked against the built packages, each block as a module of its own.
 * - `json`: parsed. `python`: parsed, where there is a Python.
 * - `sh`, and the lines after `$` of `console`: every command and option of `attractions` is one that exists. `run.mjs` also runs the blocks of some pages.
 * - `text`, `sql`, `ini` and others: free.
 *
 * A comment of HTML before a block says more: `<!-- given: CODE -->` is what the block uses and the reader knows, such as a declaration of `store`;
 * `<!-- not-checked: REASON -->` takes the block out. `npm test` prints the reasons. Those for running are in `run.mjs`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './pages.mjs';
import { commands } from './reference.mjs';

/**
 * The fenced blocks of a page: `language`, `notes` (the comments before it: `{ given: 'CODE' }`, `''` for a word alone), `code`, and the `line` of the fence.
 */
export function blocksOf(text) {
  const pattern = /((?:^ *<!-- [a-z-]+(?::\s[^]*?)? -->\n\n?)*)^( *)```(\w+)\n([^]*?)^\2```$/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const [, comments, indent, language, code] = match;
    const notes = [...comments.matchAll(/<!-- ([a-z-]+)(?::\s([^]*?))? -->/g)];
    const fence = match.index + comments.length;
    return {
      language,
      notes: Object.fromEntries(notes.map(([, word, value = '']) => [word, value])),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: text.slice(0, fence).split('\n').length,
    };
  });
}

/** All blocks of files, each with its file. */
export const blocksIn = (files) =>
  files.flatMap((file) =>
    blocksOf(readFileSync(join(root, file), 'utf8')).map((block) => ({ ...block, file, at: `${file}:${block.line}` })),
  );

/**
 * A sentence for each error of types in blocks of TypeScript or JavaScript. In JavaScript TypeScript is not strict: parameters have no types there.
 */
export function typeErrors(blocks) {
  // Below the root, so that the packages are found as a user's code finds them.
  const folder = join(root, 'tools/reports/site-blocks');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = new Map();
  for (const [number, { code, notes, language, at }] of blocks.entries()) {
    const path = join(folder, `${number}.${language === 'ts' ? 'mts' : 'mjs'}`);
    const before = notes.given === undefined ? '' : `${notes.given}\n`;
    writeFileSync(path, `${before}${code}\nexport {};\n`);
    files.set(path, { at, before: before.split('\n').length - 1 });
  }
  return ['.mts', '.mjs'].flatMap((extension) => {
    const program = ts.createProgram(
      [...files.keys()].filter((path) => path.endsWith(extension)),
      {
        ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'], types: ['node'] },
        ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
        ...{ strict: extension === '.mts', allowJs: true, checkJs: true, noEmit: true, skipLibCheck: true },
        typeRoots: [join(root, 'node_modules/@types')],
      },
    );
    return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const { at, before } = files.get(join(file?.fileName ?? '')) ?? { at: file?.fileName ?? 'options', before: 0 };
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line - before + 1;
      return `${at}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

/** A sentence for each block of JSON that is none. */
export const jsonErrors = (blocks) =>
  blocks.flatMap(({ code, at }) => {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [`${at}: ${error.message}`];
    }
  });

/** A sentence for each block of Python that does not compile; undefined where there is no Python. */
export function pythonErrors(blocks) {
  if (spawnSync('python3', ['--version']).status !== 0) return undefined;
  return blocks.flatMap(({ code, at }) => {
    const { status, stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: code,
      encoding: 'utf8',
    });
    return status === 0 ? [] : [`${at}: ${stderr.trim().split('\n').at(-1)}`];
  });
}

/** The command lines of a block: joined where a line ends with `\`, without comments; of `console` those after `$`. */
function* commandLines({ language, code }) {
  const lines = code.replaceAll(/\\\n\s*/g, ' ').split('\n');
  for (const line of lines) {
    if (language === 'console' && !line.startsWith('$ ')) continue;
    yield line.replace(/^\$ /, '').replace(/(^|\s)#.*$/, '');
  }
}

/** The options that each command of `attractions` has, by its words: `'feeds verify'` -> `--json`, … */
async function knownOptions() {
  const known = new Map();
  for await (const { words, text } of commands())
    known.set(words.join(' '), new Set(text.match(/--[a-z][\w-]*/g)?.concat('--help', '--version')));
  return known;
}

/** A sentence for each command or option of `attractions` that does not exist. */
export async function commandErrors(blocks) {
  const known = await knownOptions();
  return blocks.flatMap((block) =>
    [...commandLines(block)].flatMap((line) =>
      line
        .split(/&&|\|\|?|;|>|\$\(|\)|^\s*\w+=/)
        .flatMap((part) => /(?<!create)(?:^|\s)attractions(\s.*|$)/.exec(part)?.[1] ?? [])
        .flatMap((rest) => {
          const words = rest.trim().split(/\s+/).filter(Boolean);
          let at = '';
          while (words.length > 0 && known.has(`${at} ${words[0]}`.trim())) at = `${at} ${words.shift()}`.trim();
          if (at === '' && words.length > 0 && /^[a-z]/.test(words[0]))
            return [`${block.at}: attractions has no command ${words[0]}`];
          const wrong = words.map((word) => word.split('=')[0]).filter((word) => /^--\w/.test(word) && !known.get(at).has(word)); // prettier-ignore
          return wrong.map((option) => `${block.at}: attractions ${at} has no option ${option}`);
        }),
    ),
  );
}
