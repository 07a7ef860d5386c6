import { expect, test } from '@jest/globals';
import { forceConfig } from '../src/read.js';
import { integer } from '../src/setting.js';
import { runStage } from '../src/stage-command.js';
import { sharedSettings } from '../src/shared-settings.js';
import type { CommandResult, StageCommand } from '../src/stage-command.js';

const settings = {
  ...sharedSettings,
  answer: integer({ variable: 'ANSWER', description: 'The answer.', default: 42, min: 0 }),
};

function stage(run: StageCommand<typeof settings>['run']): StageCommand<typeof settings> {
  return { name: 'attractions-test', purpose: 'answers', settings, sections: {}, run };
}

/** Runs a stage with a silent log and keeps what it writes. */
async function call(command: StageCommand<typeof settings>, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof written) => ({ write: (text: string) => (written[stream] += text) });
  const output = { stdout: keep('stdout'), stderr: keep('stderr') };
  const exitCode = await forceConfig(settings, { logLevel: 'silent' }, () => runStage(command, argv, output));
  return { exitCode, ...written };
}

const answering = stage(async ({ answer }): Promise<CommandResult> => ({
  document: { answer },
  text: () => `It is ${answer}.`,
}));

test('a result is a sentence for people, and one JSON document with --json', async () => {
  expect(await call(answering)).toEqual({ exitCode: 0, stdout: 'It is 42.\n', stderr: '' });
  expect(await call(answering, '--json')).toEqual({ exitCode: 0, stdout: '{"answer":42}\n', stderr: '' });
});

test('--help names every setting and runs nothing', async () => {
  const never = stage(() => Promise.reject(new Error('ran')));
  const { exitCode, stdout } = await call(never, '--help');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('ANSWER');
  expect(stdout).toContain('FEEDS_ROOT');
});

test('an unknown option is wrong usage', async () => {
  const { exitCode, stdout, stderr } = await call(answering, '--jsno');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('--jsno');
});

test.each([
  [Object.assign(new Error('Too many rejects.'), { code: 'REFUSED', exitCode: 3 }), 3, 'REFUSED'],
  [new Error('Unforeseen.'), 1, 'UNEXPECTED'],
])('an error exits with its own code, and is a document with --json: %s', async (error, exitCode, code) => {
  const failed = await call(
    stage(() => Promise.reject(error)),
    '--json',
  );
  expect(failed).toEqual({
    exitCode,
    stdout: `${JSON.stringify({ error: { code, message: error.message } })}\n`,
    stderr: `${error.message}\n`,
  });
});

test('the signal of the context aborts on SIGTERM, and the handler goes with the command', async () => {
  const handlers = process.listenerCount('SIGTERM');
  const waiting = stage(async (_, { signal }) => {
    const until = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    process.emit('SIGTERM');
    return { document: {}, text: () => 'waits', until };
  });
  expect((await call(waiting)).exitCode).toBe(0);
  expect(process.listenerCount('SIGTERM')).toBe(handlers);
});
