import { ok } from '../../documents/schema-forms.ts';
import { allWell, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const statusRoute = {
  method: 'GET',
  path: '/v1/status',
  permission: 'read',
  operation: {
    summary: 'Health, time reached, lag and counters, for people.',
    answers: { 200: ok('Now', { type: 'object' }) },
  },
  handle({ hub, ports }) {
    const { watermark, lagMs, ageMs } = hub.progress();
    return jsonAnswer(200, {
      version: ports.version,
      epoch: hub.options.epoch,
      healthy: ports.healthy?.() ?? allWell,
      ready: ports.ready?.() ?? allWell,
      watermark,
      lag_ms: lagMs,
      age_ms: ageMs,
      gateway: hub.stats(),
      encryption: ports.encryption?.() ?? null,
      partitions: ports.partitions?.() ?? [],
    });
  },
} as const satisfies RouteSpec;
