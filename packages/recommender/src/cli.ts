#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ConfigError, createLogger, describeSettings, loadDotEnv, readConfig } from '@attractions/config';
import { runServe } from './driver.js';
import { RecommenderError } from './errors.js';
import { serveSettings } from './settings.js';

const help = `attractions-serve: answers recommendations over HTTP from the latest model in the feed training/als/v1.0.

Usage: attractions-serve [--json] [--help]

  --json   once it listens, one JSON document on stdout: url, generation, experiment
  --help   this text

Runs until SIGINT or SIGTERM; requests in flight are answered before it ends.

Exit codes: 0 closed on a signal, 1 failed (no model yet, port in use), 2 wrong usage or configuration,
3 the model or the experiment was refused.

Settings are environment variables (or lines of a .env file):

${describeSettings(serveSettings)}`;

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return 2;
  if (error instanceof RecommenderError) return error.exitCode;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  loadDotEnv();
  const config = readConfig(serveSettings);
  const logger = createLogger({ level: config.logLevel, name: 'serve' });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const { url, generation, experiment, closed } = await runServe(config, { logger, signal: stop.signal });
  if (values.json) process.stdout.write(`${JSON.stringify({ url, generation, experiment: experiment ?? null })}\n`);
  else process.stderr.write(`Serving model ${generation.model} on ${url}\n`);
  await closed;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
