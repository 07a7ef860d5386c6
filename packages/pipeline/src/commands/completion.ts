import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CommandOutput } from '@attractions/config';

import { commandOf } from './command.js';

/** The script for each shell, made from the existing commands. A word that is not a command is an argument and changes nothing. */
const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

/** `attractions completion`: needs no settings and no feeds, so that it works in a shell's profile. */
export function completionCommand({ stdout }: CommandOutput): Command {
  return commandOf('completion', 'a script that completes commands and options: source <(attractions completion bash)')
    .addArgument(new Argument('[shell]', 'the shell').choices(SHELLS).default('bash'))
    .action((shell: keyof typeof SCRIPTS, { json }: { json?: true }, command: Command) => {
      const script = SCRIPTS[shell](command.parent ?? command);
      stdout.write(json ? `${JSON.stringify({ shell, script })}\n` : script);
    });
}

function bashScript(program: Command): string {
  const name = program.name();
  return `_${name}() {
  ${wordsAfter(program, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${name}
`;
}

function zshScript(program: Command): string {
  const name = program.name();
  return `(( $+functions[compdef] )) || { autoload -U compinit && compinit; }
_${name}() {
  ${wordsAfter(program, '"${(@)words[2,CURRENT-1]}"')}
  compadd -- \${=next}
  [[ $PREFIX == -* ]] || _files
}
compdef _${name} ${name}
`;
}

/** Sets `next` to the words that may follow the typed ones; the same code for bash and zsh. */
function wordsAfter(program: Command, typed: string): string {
  const commands = [...words(program, '')];
  const known = commands.flatMap(([at]) => (at === '' ? [] : `'${at}'`));
  return `local at='' next='' word
  for word in ${typed}; do
    case "\${at:+$at }$word" in
      ${known.join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case $at in
${commands.map(([at, next]) => `    '${at}') next='${next.join(' ')}' ;;`).join('\n')}
  esac`;
}

/** fish declares options one by one, so there is a line for each option, and one for the other words of each command. */
function fishScript(program: Command): string {
  const commands = [...words(program, '')];
  const known = commands.flatMap(([at]) => (at === '' ? [] : `' ${at}'`));
  const name = program.name();
  const offers = commands.flatMap(([at, next]) => {
    const offer = `complete -c ${name} -n '_${name}_at "${at && ` ${at}`}"'`;
    const plain = next.filter((word) => !word.startsWith('--'));
    const options = next.filter((word) => word.startsWith('--')).map((word) => `${offer} -l ${word.slice(2)}`);
    return plain.length > 0 ? [`${offer} -f -a '${plain.join(' ')}'`, ...options] : options;
  });
  return `function _${name}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${known.join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${offers.join('\n')}
`;
}

/** Each command, by the words that lead to it, with the words that may follow. */
function* words(command: Command, at: string): Iterable<readonly [string, readonly string[]]> {
  const options = command.options.flatMap(({ long }) => long ?? []);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  yield [at, [...command.commands.map((child) => child.name()), ...choices, ...options, '--help']];
  for (const child of command.commands) yield* words(child, at === '' ? child.name() : `${at} ${child.name()}`);
}
