/** The built service on a model of the sample data, in a temporary folder and on a free port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../packages/pipeline/bin/attractions.js');

/** `url`, `commandLine(...argv)`, which gives the JSON of a command on the same feeds, and `close()`. */
export async function sampleService(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'attractions-client-'));
  const env = { PATH: process.env.PATH, FEEDS_ROOT: join(folder, 'feeds'), LOG_LEVEL: 'warn', FORCE_COLOR: '0' };
  const start = (argv, more = {}) =>
    spawn(process.execPath, [program, ...argv, '--json'], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const commandLine = async (...argv) => {
    const child = start(argv);
    let text = '';
    child.stdout.on('data', (piece) => (text += piece));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${text}`);
    return JSON.parse(text);
  };
  await commandLine('run', '--sample');
  // Whatever else the machine does meanwhile, the service is not too busy to answer.
  const often = { EXPOSURE_COMMIT_SECONDS: '1', EVENT_COMMIT_SECONDS: '1', DRAIN_MS: '0', MAX_DELAY_MS: '60000' };
  const service = start(['serve'], { PORT: '0', ...often, ...settings });
  const ended = once(service, 'exit');
  const [line] = await once(service.stdout, 'data');
  return {
    url: JSON.parse(line).url,
    commandLine,
    /** Ends it in order, so that everything it was told is in the feeds; `look` still finds them. */
    async close(look = async () => undefined) {
      if (service.kill('SIGTERM')) await ended;
      try {
        await look();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
