/** The command line of a folder where `@attractions/pipeline` is installed, as a user runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Without what an outer Nx or test run leaves in the environment. */
function environment(settings) {
  const variables = Object.entries({ ...process.env, LOG_LEVEL: 'silent', FORCE_COLOR: '0', ...settings });
  return Object.fromEntries(variables.filter(([name]) => !/^(NX_|NODE_TEST|npm_)/.test(name)));
}

/** Runs a command, and gives how it ended. */
export async function attractionsIn(folder, settings, ...argv) {
  const options = { cwd: folder, env: environment(settings), shell: process.platform === 'win32' };
  const child = spawn('npx', ['attractions', ...argv], options);
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (piece) => (text[stream] += piece));
  const [exitCode] = await once(child, 'close');
  return { exitCode, ...text };
}

/** Starts the service, asks it, and ends it in order. */
export async function servedIn(folder, ask) {
  const program = join(folder, 'node_modules/@attractions/pipeline/bin/attractions.js');
  const env = environment({ PORT: '0', DRAIN_MS: '0' });
  const stdio = ['ignore', 'pipe', 'inherit'];
  const service = spawn(process.execPath, [program, 'serve', '--json'], { cwd: folder, env, stdio });
  const ended = once(service, 'exit');
  try {
    const [line] = await once(service.stdout, 'data');
    await ask(JSON.parse(line).url);
  } finally {
    service.kill('SIGTERM');
  }
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`The service ended with ${code ?? signal}.`);
}
