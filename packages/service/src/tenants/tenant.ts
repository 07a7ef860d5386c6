import { gateOf } from '../admission/gate.js';
import type { Access, Gate } from '../admission/gate.js';
import type { GenerationState } from '../generations/generations.js';
import type { Events } from '../recording/events.js';
import type { Shown } from '../routes/recommendations.js';
import type { FleetReadyAnswer } from '../schema/answers.js';
import type { Served } from '../served.js';

/** What answers requests: one lineage of models, and the record of what was shown. A service has one, or many of which each request names one. */
export interface Tenant {
  /** Absent in a service for one. */
  readonly name?: string;
  /** Loads what `served` gives; undefined where that is there already. Absent: it always is. Rejects with a `ServiceError`. */
  readonly ready?: () => Promise<void> | undefined;
  /** Called once for each request, when it is ready, so that a swap is one assignment. */
  served(): Served;
  /** What is known of the feeds. */
  state(): GenerationState;
  /** Goes back to the previous model; undefined where there is none. */
  rollBack(): Promise<Served | undefined>;
  /** Called with every list that goes out, when it is ready; must not throw, and must be fast. Absent: lists are not recorded. */
  readonly shown?: ((shown: Shown) => void) | undefined;
  /** Takes events, whether it is ready or not. Absent: there is no path for them. */
  readonly take?: Events['take'] | undefined;
}

/** The tenants of a service. */
export interface Tenants {
  /** The tenant of a name in a path, which is undefined in a path without one. */
  find(name: string | undefined): Tenant | undefined;
  /** Who may send requests to it. */
  gate(name: string | undefined): Gate;
}

/** The tenants of a service for many. */
export interface Fleet extends Tenants {
  /** For operators. `answering`: the tenants that are loaded. */
  report(): Required<Pick<FleetReadyAnswer, 'tenants' | 'detail'>> & { readonly answering: readonly Tenant[] };
}

/** A service for one tenant. */
export function onlyTenant(tenant: Tenant, access: Access): Tenants {
  const gate = gateOf(access);
  return { find: () => tenant, gate: () => gate };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What answers this request. On paths of a service for many tenants that belong to none of them it is not there. */
    tenant: Tenant;
  }
}
