import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

import { isObject, shown, unknownKey } from './config-file.js';
import { ConfigError } from './errors.js';
import { VARIABLE_NAME } from './setting.js';

/** One of many users of an installation, with data, feeds and models of its own. */
export interface Tenant {
  /** Its name, which is also the name of its folder of feeds. */
  readonly tenant: string;
  /** Absolute path of its configuration file. Absent: that of `--config`, or the default. It may not exist. */
  readonly config?: string;
  /** Its `RAW_DATA_PATH`: an absolute path or a URL. Absent: that of the settings. */
  readonly data?: string;
  /** The name of the variable that holds its API keys for the service. The keys themselves are never in the file. */
  readonly keys?: string;
}

/** What a name of a tenant must match. None begins with `_`, so what all tenants share can lie beside their folders. */
const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The rule of names, for messages. */
const NAME_RULE = 'give 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first';

const KEYS = ['tenant', 'config', 'data', 'keys'] as const;

/** Whether a value may name a tenant. Such a name is safe as the name of a folder and in a URL. */
export function isTenantName(value: unknown): value is string {
  return typeof value === 'string' && TENANT_NAME.test(value);
}

/** The root of a tenant's feeds, below that of all: `s3://bucket/feeds?path-style=true` -> `s3://bucket/feeds/north?path-style=true`. */
export function tenantRoot(feedsRoot: string, tenant: string): string {
  const [, root = feedsRoot, query = ''] = /^([a-z][a-z0-9+.-]+:\/\/[^?]*)(\?.*)?$/is.exec(feedsRoot) ?? [];
  return `${root.replace(/\/+$/, '')}/${tenant}${query}`;
}

/**
 * Reads a file of tenants, `{ "tenants": [{ "tenant": "north", "config": "north.config.json", "data": "north/raw", "keys": "NORTH_API_KEYS" }] }`, in its
 * order. Only `tenant` is needed; paths are relative to the file. Whether they exist is not checked: a tenant whose files are missing must not stop the others.
 *
 * @throws ConfigError CONFIG_FILE_MISSING, CONFIG_FILE_BROKEN, or CONFIG_FILE_INVALID with every problem
 */
export async function readTenants(file: string): Promise<readonly Tenant[]> {
  const path = resolve(file);
  const value = parsed(path, file);
  const problems: string[] = [];
  const tenants = await tenantsIn(value, dirname(path), problems);
  if (problems.length === 0) return tenants;
  const name = basename(path);
  throw new ConfigError('CONFIG_FILE_INVALID', problems.map((problem) => `${name}: ${problem}`)); // prettier-ignore
}

function parsed(path: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = Object(cause) as { code?: string; message?: string };
    if (code === 'ENOENT')
      throw new ConfigError('CONFIG_FILE_MISSING', [`There is no file '${file}'; give the path of a file of tenants.`], { cause }); // prettier-ignore
    throw new ConfigError('CONFIG_FILE_BROKEN', [`${basename(path)} cannot be read: ${message}`], { cause });
  }
}

async function tenantsIn(value: unknown, folder: string, problems: string[]): Promise<Tenant[]> {
  const example = 'give { "tenants": [{ "tenant": "north" }] }';
  if (!isObject(value)) {
    problems.push(`the file holds ${kindOf(value)}; ${example}.`);
    return [];
  }
  for (const key of Object.keys(value))
    if (key !== 'tenants') problems.push(`${key} ${await unknownKey(key, ['tenants'])}`);
  const { tenants } = value;
  if (!Array.isArray(tenants) || tenants.length === 0) {
    problems.push(`tenants is ${Array.isArray(tenants) ? 'empty' : shown(tenants)}; ${example}.`);
    return [];
  }
  const found = new Map<string, Tenant>();
  for (const [n, entry] of tenants.entries()) {
    const at = `tenants[${n}]`;
    if (!isObject(entry)) {
      problems.push(`${at} is ${shown(entry)}; give an object, such as { "tenant": "north" }.`);
      continue;
    }
    const wrong = await problemsOf(entry, at);
    problems.push(...wrong);
    const tenant = entry['tenant'];
    if (!isTenantName(tenant)) continue;
    if (found.has(tenant)) problems.push(`${at}.tenant is "${tenant}", as in an earlier entry; rename one.`);
    found.set(tenant, wrong.length > 0 ? { tenant } : resolved(entry as unknown as Tenant, folder));
  }
  return [...found.values()];
}

async function problemsOf(entry: Readonly<Record<string, unknown>>, at: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [key, value] of Object.entries(entry))
    if (!KEYS.some((known) => known === key)) problems.push(`${at}.${key} ${await unknownKey(key, KEYS)}`);
    else if (key !== 'tenant' && (typeof value !== 'string' || value.trim() === ''))
      problems.push(`${at}.${key} is ${shown(value)}; give a text, or leave it out.`);
    else if (key === 'keys' && !VARIABLE_NAME.test(String(value)))
      problems.push(
        // It may be the secret itself, so it is not repeated.
        `${at}.keys does not name a variable; give the name of the variable that holds the keys, such as "NORTH_API_KEYS".`,
      );
  if (!isTenantName(entry['tenant'])) problems.push(`${at}.tenant is ${shown(entry['tenant'])}; ${NAME_RULE}.`);
  return problems;
}

/** The same with absolute paths; a URL, such as `s3://bucket/raw`, stays as it is. */
function resolved({ tenant, config, data, keys }: Tenant, folder: string): Tenant {
  const isUrl = data !== undefined && /^[a-z][a-z0-9+.-]*:\/\//.test(data);
  return {
    tenant,
    ...(config !== undefined && { config: resolve(folder, config) }),
    ...(data !== undefined && { data: isUrl ? data : resolve(folder, data) }),
    ...(keys !== undefined && { keys }),
  };
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : shown(value));
