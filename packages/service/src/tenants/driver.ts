import { ConfigError, readTenants, tenantRoot } from '@attractions/config';
import type { Environment, Tenant } from '@attractions/config';
import { openFeeds } from '@attractions/feeds';
import { keysIn } from '../admission/access.js';
import type { ApiKey } from '../admission/access.js';
import { recentIds } from '../recording/events.js';
import type { RecentIds } from '../recording/events.js';
import type { Recorded } from '../recording/records.js';
import type { TenantPlan } from './fleet.js';

/** What plans are made from. */
interface PlanParts {
  /** The file of tenants. */
  readonly file: string;
  /** Where the roots of all tenants are. */
  readonly root: string;
  /** The variables that hold keys, read again at each call. */
  environment(): Environment;
  recordedIn(root: string, tenant: string): Recorded;
  /** What a configuration file brings; undefined: that of the command. */
  composedBy(configFile: string | undefined): ReturnType<TenantPlan['composed']>;
}

/**
 * Reads the file of tenants.
 * @returns a function that reads it, and returns undefined where it says the same as at the last call
 * @throws ConfigError from that function: where the file cannot be read, or a tenant has no keys where it says so; with every problem
 */
export function tenantPlans(parts: PlanParts): () => Promise<readonly TenantPlan[] | undefined> {
  // For all tenants together, since each remembers many ids.
  const recent = recentIds();
  let said: string | undefined;
  return async () => {
    const tenants = await readTenants(parts.file);
    const keys = keysOf(tenants, parts.environment());
    const text = JSON.stringify(tenants.map((tenant, n) => [tenant, keys[n]?.text]));
    if (text === said) return undefined;
    said = text;
    return tenants.map((tenant, n) => planOf(tenant, keys[n]?.keys, parts, recent));
  };
}

interface OwnKeys {
  readonly text: string;
  readonly keys: readonly ApiKey[];
}

/** The keys of each tenant; undefined where the file names no variable. A variable that is not set would leave the tenant open, so it is refused. */
function keysOf(tenants: readonly Tenant[], environment: Environment): (OwnKeys | undefined)[] {
  const problems: string[] = [];
  const found = tenants.map(({ tenant, keys: variable }) => {
    if (variable === undefined) return undefined;
    const text = environment[variable] ?? '';
    const problem = (fault: string) => void problems.push(`The keys of the tenant '${tenant}': ${fault}`);
    if (text === '') return problem(`${variable} is not set; set it to the SHA-256 of each key, as API_KEY_HASHES.`);
    try {
      return { text, keys: keysIn(text, variable) };
    } catch (error) {
      return problem(error instanceof Error ? error.message : String(error));
    }
  });
  if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', problems);
  return found.map((keys) => keys ?? undefined);
}

function planOf(
  { tenant: name, config }: Tenant,
  keys: readonly ApiKey[] | undefined,
  { root, recordedIn, composedBy }: PlanParts,
  recent: RecentIds,
): TenantPlan {
  const own = tenantRoot(root, name);
  const { exposures, events } = recordedIn(own, name);
  let composed: ReturnType<TenantPlan['composed']> | undefined;
  return {
    name,
    keys,
    made: JSON.stringify([own, config]),
    open: () => openFeeds(own),
    composed: () =>
      (composed ??= composedBy(config).catch((error: unknown) => {
        composed = undefined;
        throw error;
      })),
    exposures,
    ...(events && { events: { ...events, recent: { isNew: (hash) => recent.isNew(`${name} ${hash}`) } } }),
  };
}
