#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ConfigError, createLogger, describeSettings, loadDotEnv, readConfig } from '@attractions/config';
import { FeedsError } from '@attractions/feeds';
import { runEtl } from './driver.js';
import type { EtlSummary } from './driver.js';
import { EtlError } from './errors.js';
import { etlSettings } from './settings.js';

const help = `attractions-etl: loads raw visit files and puts attractions, rejects and visits into their feeds.

Usage: attractions-etl [--json] [--help]

  --json   one JSON document on stdout instead of the summary
  --help   this text

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data was refused.

Settings are environment variables (or lines of a .env file):

${describeSettings(etlSettings)}`;

function summaryText(summary: EtlSummary): string {
  const { rows, files, kept, duplicates, rejected, visits, users, attractions, parks, feeds, seconds } = summary;
  return [
    `Read ${rows} photo lines of ${files} files in ${seconds.toFixed(2)} s: ${kept} kept, ${duplicates} repeated, ${rejected} refused.`,
    `${visits} visits of ${users} users; ${attractions} attractions of ${parks} parks.`,
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
    '',
  ].join('\n');
}

function exitCodeOf(error: unknown): number {
  if (error instanceof EtlError) return error.exitCode;
  if (error instanceof ConfigError) return 2;
  if (error instanceof FeedsError) return error.code === 'FEEDS_ROOT_INVALID' ? 2 : 1;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  loadDotEnv();
  const config = readConfig(etlSettings);
  const logger = createLogger({ level: config.logLevel, name: 'etl' });
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort(new Error('Cancelled; no visits were committed.')));
  const summary = await runEtl(config, { logger, signal: cancel.signal });
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stderr.write(summaryText(summary));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
