/**
 * A process that runs tenants, one after the other, until its fleet closes the channel. It heeds no signal: Ctrl-C reaches all processes of a terminal, and it is the fleet
 * that tells its workers when to stop.
 */
import { createLogger } from '@attractions/config';

import { peopleStream } from '../output.js';
import type { RunTenant } from './tenant.js';
import type { FleetBase, FromWorker, ToWorker } from './turn.js';

const answer = (message: FromWorker): void => void process.send?.(message);

/** A thousand tenants would say a thousand times what one says in twenty lines, so of the usual level only warnings are left. */
function loggerOf({ config: { logLevel }, json }: FleetBase) {
  const level = logLevel === 'info' ? 'warn' : logLevel;
  return createLogger({ level, name: 'attractions', ...(!json && { destination: peopleStream(process.stderr) }) });
}

let run: Promise<RunTenant> | undefined;
let stopping = new AbortController();

process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(1));
process.on('message', async (message: ToWorker) => {
  if ('base' in message) {
    run = import('./tenant.js').then(({ openTenantRunner }) => openTenantRunner(message.base, loggerOf(message.base)));
    await run;
    answer({ isReady: true });
  } else if ('stop' in message) {
    stopping.abort(Object.assign(new Error(message.stop.message), { code: message.stop.code, exitCode: 1 }));
  } else {
    stopping = new AbortController();
    answer({ result: await (await (run as Promise<RunTenant>))(message.turn, stopping.signal) });
  }
});
