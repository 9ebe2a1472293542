import { ok } from '../../documents/schema-forms.ts';
import { allWell, jsonAnswer, withoutNames } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const statusRoute = {
  method: 'GET',
  path: '/v1/status',
  permission: 'read',
  operation: {
    summary: 'Health, time reached, lag and counters, for people.',
    answers: { 200: ok('Now', { type: 'object' }) },
  },
  handle({ hub, ports }, { principal }) {
    const { watermark, lagMs, ageMs } = hub.progress();
    const ready = ports.ready?.() ?? allWell;
    return jsonAnswer(200, {
      version: ports.version,
      epoch: hub.options.epoch,
      healthy: ports.healthy?.() ?? allWell,
      ready: principal.scope === null ? ready : withoutNames(ready),
      watermark,
      lag_ms: lagMs,
      age_ms: ageMs,
      gateway: hub.stats(),
      encryption: ports.encryption?.() ?? null,
      instances: (ports.instances?.() ?? []).map(({ isThis, isAlike, isInForce, ...rest }) => ({
        ...{ ...rest, is_this: isThis, is_alike: isAlike, is_in_force: isInForce },
      })),
      // Whose clocks are wrong stands in `ready`, for those who may know.
      partitions: (ports.partitions?.() ?? []).map(({ clocks: _, ...stats }) => stats),
    });
  },
} as const satisfies RouteSpec;
