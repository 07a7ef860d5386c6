/** Where Python's `implicit` 0.7.3 lives: an environment in `scratch`, made at the first call. Needs python3 with venv and pip. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export function rivalPython(scratch) {
  const venv = join(scratch, 'venv');
  const must = (command, ...args) => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}\n${stderr}`);
  };
  if (!existsSync(venv)) {
    must('python3', '-m', 'venv', venv);
    must(join(venv, 'bin/pip'), 'install', '--quiet', 'scipy', 'implicit==0.7.3');
  }
  return join(venv, 'bin/python');
}
