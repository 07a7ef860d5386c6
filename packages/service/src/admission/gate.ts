import type { ApiKey } from './access.js';

/** Who may send requests, and how many. */
export interface Access {
  readonly keys?: readonly ApiKey[];
  /** Whether requests without a key have all scopes but `admin`. Default: true where no key has the scope `read` or `history`. */
  readonly open?: boolean;
  /** Requests a second of one key, or of one address where there is no key, on average; 0.5 is one every two seconds. 0, the default: no limit. */
  readonly ratePerSecond?: number;
}

/** Who may send requests to a tenant, as it is checked. */
export interface Gate {
  readonly keys: readonly ApiKey[];
  readonly isOpen: boolean;
  readonly ratePerSecond: number;
  /** Whether a client may send a request now. Absent: there is no limit. */
  readonly isAdmitted?: ((client: string) => boolean) | undefined;
}

/** Made once for each tenant: each counts its clients apart. */
export function gateOf({ keys = [], open, ratePerSecond = 0 }: Access): Gate {
  return {
    keys,
    isOpen: open ?? !keys.some(({ scopes }) => scopes.has('read') || scopes.has('history')),
    ratePerSecond,
    ...(ratePerSecond > 0 && { isAdmitted: rateLimit(ratePerSecond) }),
  };
}

/** Most clients counted at once; the client whose last request is oldest is dropped first. */
const MAX_CLIENTS = 10_000;

/**
 * Limits each client to `perSecond` requests a second on average, with bursts of as many (at least one): a leaky bucket that stores one time for each client
 * (the generic cell rate algorithm, ITU-T I.371).
 *
 * @param perSecond above 0; below 1, one request every `1 / perSecond` seconds
 * @returns whether this client may send a request now
 */
export function rateLimit(perSecond: number, now: () => number = () => performance.now()): (client: string) => boolean {
  const intervalMs = 1_000 / perSecond;
  const aheadMs = (Math.max(1, perSecond) - 1) * intervalMs;
  /** For each client, when its next request would be due if its requests came evenly. */
  const dueMs = new Map<string, number>();
  return (client) => {
    const nowMs = now();
    const due = Math.max(nowMs, dueMs.get(client) ?? nowMs);
    const admitted = due - nowMs <= aheadMs;
    dueMs.delete(client);
    dueMs.set(client, admitted ? due + intervalMs : due);
    if (dueMs.size > MAX_CLIENTS) dueMs.delete(dueMs.keys().next().value ?? '');
    return admitted;
  };
}
