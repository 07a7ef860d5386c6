import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTenantName } from '@attractions/config';
import { hasTenants, splitByTenant } from '@attractions/etl';
import type { SplitData } from '@attractions/etl';

import type { PipelineContext } from '../commands/command.js';
import { PipelineError } from '../errors.js';
import { grouped } from '../text.js';
import type { FleetTenant } from './turn.js';

/** Parts are copies of raw data, so they are removed when the fleet ends; the name has the process, so that the next fleet can remove those of one that was killed. */
const PARTS = 'attractions-parts-';

/** Tenants out of one source. */
export interface SplitTenants extends Pick<SplitData, 'rows' | 'rejectedRows'> {
  readonly tenants: readonly FleetTenant[];
  /** Removes the parts. */
  close(): Promise<void>;
}

/**
 * Splits the configured sources by their column `tenant`.
 *
 * @param memoryMb of the fleet, whose workers do not run yet
 * @throws PipelineError PIPELINE_USAGE where there is none, or EtlError
 */
export async function splitTenants(
  { config, own = {}, logger, signal }: Pick<PipelineContext, 'config' | 'own' | 'logger' | 'signal'>,
  memoryMb: number,
): Promise<SplitTenants> {
  if (own.sources === undefined || !hasTenants(own.sources.from))
    throw new PipelineError(
      'PIPELINE_USAGE',
      'Nothing says which tenants there are; give --each a file of tenants, or the visits in the configuration file a column: "columns": { "tenant": "…" }.',
    );
  await removeLeft();
  const folder = await mkdtemp(join(tmpdir(), `${PARTS}${process.pid}-`));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const { from, sources, baseFolder } = own.sources;
    const split = await splitByTenant(from, {
      ...{ sources, baseFolder, folder, signal, isName: isTenantName },
      maxRejectShare: config.maxRejectShare,
      memoryLimitMb: Math.min(config.etlMemoryMb, Math.floor(memoryMb / 2)),
    });
    const { tenants, rows, rejectedRows, refused } = split;
    logger.info(
      { rows, tenants: tenants.length },
      `Split ${grouped(rows)} rows among ${grouped(tenants.length)} tenants.`,
    );
    if (rejectedRows > 0)
      logger.warn({ rows: rejectedRows, values: refused }, 'Rows that belong to no tenant were left out.');
    return {
      ...{ rows, rejectedRows, close },
      tenants: tenants.map((tenant) => ({ tenant, data: join(folder, tenant), from: split.from })),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Removes parts of fleets that were killed on this machine. */
async function removeLeft(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${PARTS}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !runs(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}
