/**
 * Runs a program of ours in this workspace: on the sample data where RAW_DATA_PATH is not set, and it says so. What is published has no such default.
 *
 *     node tools/with-sample.mjs PROGRAM [ARGUMENT...]
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadDotEnv } from '../packages/config/dist/index.js';

loadDotEnv();
if (!process.env.RAW_DATA_PATH) {
  process.env.RAW_DATA_PATH = join(import.meta.dirname, 'sample-data');
  process.stderr.write('RAW_DATA_PATH is not set: reading the sample data of this repository, tools/sample-data.\n');
}
const [node, , program = ''] = process.argv;
process.argv = [node, resolve(program), ...process.argv.slice(3)];
await import(pathToFileURL(process.argv[1]).href);
