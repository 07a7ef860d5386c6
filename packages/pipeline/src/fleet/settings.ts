import { integer } from '@attractions/config';

/** Settings of `attractions run --each`. */
export const fleetSettings = {
  fleetWorkers: integer({
    variable: 'FLEET_WORKERS',
    description: 'Tenants of a fleet that are run at once. Unset: one per core, as far as the memory goes.',
    min: 1,
    max: 256,
    unit: 'workers',
  }),
  fleetMemoryMb: integer({
    variable: 'FLEET_MEMORY_MB',
    description:
      'What a fleet may hold in memory, all its processes together. Unset: three quarters of what the machine or the container has.',
    min: 500,
    max: 10_000_000,
    unit: 'MB',
  }),
  fleetDeadlineSeconds: integer({
    variable: 'FLEET_DEADLINE_SECONDS',
    description: 'How long a tenant of a fleet may take.',
    default: 600,
    min: 1,
    max: 604_800,
    unit: 'seconds',
  }),
  fleetRetries: integer({
    variable: 'FLEET_RETRIES',
    description: 'How often a tenant of a fleet that failed is tried again, after all others.',
    default: 2,
    min: 0,
    max: 100,
    unit: 'times',
  }),
};
