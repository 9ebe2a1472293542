/** How hooks do: for `GET /v1/hooks` and the metrics. Addresses and keys are no part of it. */
import type { Family } from '../../core/metrics.ts';
import type { HookStatus } from '../../gateway/gateway-ports.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import type { HookDelivery } from './hook-delivery.ts';

export function hookStatus(configured: readonly HookConfig[], delivery: HookDelivery | null): readonly HookStatus[] {
  return configured.map(({ id, kind }) => {
    const hook = delivery?.hooks.find(({ config }) => config.id === id);
    if (delivery === null || hook === undefined) {
      return { id, kind, state: 'standby', delivered: 0, retried: 0, failed: 0, waiting: 0, trouble: null };
    }
    const { delivered, refused, unknown, dead } = delivery.counts(id);
    const { trouble, waiting } = hook.queue;
    const state = trouble === null ? 'ok' : 'failing';
    return { id, kind, state, delivered, retried: refused + unknown, failed: dead, waiting, trouble };
  });
}

export function hookFamilies(statuses: readonly HookStatus[]): readonly Family[] {
  if (statuses.length === 0) return [];
  const samples = (value: (status: HookStatus) => number): Family['samples'] =>
    statuses.map((status) => ({ labels: { hook: status.id, kind: status.kind }, value: value(status) }));
  return [
    {
      name: 'earshot_hook_notices_delivered_total',
      help: 'Notices that the receiver accepted.',
      type: 'counter',
      samples: samples(({ delivered }) => delivered),
    },
    {
      name: 'earshot_hook_attempts_failed_total',
      help: 'Attempts that failed and are made again.',
      type: 'counter',
      samples: samples(({ retried }) => retried),
    },
    {
      name: 'earshot_hook_notices_failed_total',
      help: 'Notices that were given up.',
      type: 'counter',
      samples: samples(({ failed }) => failed),
    },
    {
      name: 'earshot_hook_notices_waiting',
      help: 'Notices that were made and are not accepted yet.',
      type: 'gauge',
      samples: samples(({ waiting }) => waiting),
    },
    {
      name: 'earshot_hook_failing',
      help: '1 while nothing gets through, or notices were given up.',
      type: 'gauge',
      samples: samples(({ state }) => (state === 'failing' ? 1 : 0)),
    },
  ];
}
