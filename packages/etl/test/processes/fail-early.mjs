// Loads five times from a folder that is not there, while other work is always ahead of the engine's in the thread pool. Prints the codes as JSON.
// UV_THREADPOOL_SIZE=1 node fail-early.mjs
import { pbkdf2 } from 'node:crypto';
import { loadVisits } from '../../dist/index.js';

let isBusy = true;
function keepBusy() {
  if (isBusy) pbkdf2('password', 'salt', 20_000, 32, 'sha256', keepBusy);
}
// Two: one runs, and one is ahead of whatever comes next.
keepBusy();
keepBusy();

const codes = [];
for (let i = 0; i < 5; i++) codes.push(await loadVisits('/nowhere').then(String, ({ code }) => code));
isBusy = false;
process.stdout.write(JSON.stringify(codes));
