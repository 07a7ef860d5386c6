import assert from 'node:assert/strict';
import { createLogger, readConfig } from '@attractions/config';
import { runServe, serveSettings, ServiceError, type ServeConfig } from '@attractions/service';

const config: ServeConfig = readConfig(serveSettings, { FEEDS_ROOT: 'memory:', PORT: '0' });
const refused: unknown = await runServe(config, { logger: createLogger({ level: 'silent' }) }).catch(
  (error: unknown) => error,
);
assert.ok(refused instanceof Error && !(refused instanceof ServiceError));
assert.equal((refused as Error & { code: string }).code, 'CONTRACTS_NO_MODEL');
