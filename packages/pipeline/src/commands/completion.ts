import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CommandOutput } from '@attractions/config';

import { commandOf } from './command.js';

/** `attractions completion`: a script for a shell, made from the commands there are. */
export function completionCommand({ stdout }: CommandOutput): Command {
  return commandOf('completion', 'a script that completes commands and options: source <(attractions completion bash)')
    .addArgument(new Argument('[shell]', 'the shell').choices(['bash', 'zsh']).default('bash'))
    .action((shell: string, { json }: { json?: true }, command: Command) => {
      const script = scriptOf(shell, command.parent ?? command);
      stdout.write(json ? `${JSON.stringify({ shell, script })}\n` : script);
    });
}

/** zsh runs scripts for bash once its own `bashcompinit` is loaded. */
function scriptOf(shell: string, program: Command): string {
  const cases = [...words(program, '')].map(([path, next]) => `    '${path}') next='${next.join(' ')}' ;;`);
  const name = program.name();
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_${name}() {
  local path='' next='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == -* ]] || path+="\${path:+ }$word"; done
  case $path in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${name}
`;
}

/** For each command, by the words that lead to it, those that may follow. */
function* words(command: Command, path: string): Iterable<readonly [string, readonly string[]]> {
  const options = command.options.flatMap(({ long }) => long ?? []);
  yield [path, [...command.commands.map((child) => child.name()), ...options, '--help']];
  for (const child of command.commands) yield* words(child, path === '' ? child.name() : `${path} ${child.name()}`);
}
