import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

import { attractions, emptyFolder } from './support/command-line.js';

const ALL_OF_RECOMMEND =
  '--all --allow --at --attribute --config --exclude --help --include-visited --json --limit --park --run-id --themes --threads --visits'.split(
    ' ',
  );

/** What a shell offers for the last of the words. zsh is listened to until it has said the last of those wanted. */
type Complete = (script: string, words: readonly string[], wanted: readonly string[]) => string[];

const lines = (text: string) => text.split('\n').filter(Boolean).sort();

/** As readline does it: the function that `complete -p` names is called with the words of the line. */
const bash: Complete = (script, words) =>
  lines(
    execFileSync(
      'bash',
      [
        '--norc',
        '-c',
        'source "$1"; [[ $(complete -p attractions) =~ -F\\ ([^ ]+) ]]; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "${BASH_REMATCH[1]}"; printf "%s\\n" "${COMPREPLY[@]}"',
        'bash',
        script,
        ...words,
      ],
      { encoding: 'utf8' },
    ),
  );

/** zsh completes in its line editor alone, so an inner one gets a terminal of its own, is typed the line and a tab, and lists what it offers. */
const ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PS1=''; stty -echo cols 500; source $1; print -r -- rea''dy"
zpty -r -m inner line '*ready*'
zpty -w -n inner "$2"$'\\t'
zpty -r -m inner line "*$2*$3*"
print -r -- $line
zpty -d inner
`;
const zsh: Complete = (script, words, wanted) => {
  const listed = execFileSync('zsh', ['-f', '-c', ZSH, 'zsh', script, words.join(' '), wanted.at(-1) ?? ''], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb' },
    timeout: 20_000,
  });
  return lines(listed.split('\n').at(-2)?.split(/\s+/).join('\n') ?? '');
};

const fish: Complete = (script, words) =>
  lines(
    execFileSync('fish', ['-N', '-c', 'source $argv[1]; complete -C $argv[2]', script, words.join(' ')], {
      encoding: 'utf8',
    }),
  );

const SHELLS = Object.entries({ bash, zsh, fish });
const missing = SHELLS.flatMap(([shell]) => (spawnSync(shell, ['--version']).error ? [shell] : []));

describe.each(
  SHELLS.map(
    ([shell, complete]) => [shell, missing.includes(shell) ? '(skipped: it is not there)' : '', complete] as const,
  ),
)('in %s %s', (shell, _, complete) => {
  const inShell = missing.includes(shell) ? test.skip : test;

  inShell.each([
    [
      ['feeds', 'history', 'etl/visits', '--'],
      ['--config', '--help', '--json', '--limit'],
    ],
    [
      ['feeds', 'history', '--limit', '5', 'etl/visits', '--'],
      ['--config', '--help', '--json', '--limit'],
    ],
    [['recommend', 'USER', '--'], ALL_OF_RECOMMEND],
    [['recommend', 'feeds', '--'], ALL_OF_RECOMMEND],
    [
      ['feeds', 'h'],
      ['head', 'history'],
    ],
  ])('attractions %j offers %j', async (words, wanted) => {
    const script = join(await emptyFolder(), 'completion');
    await writeFile(script, (await attractions({}, 'completion', shell)).stdout);
    expect(complete(script, ['attractions', ...words], wanted)).toEqual(wanted);
  });
});
