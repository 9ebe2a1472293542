/** How hooks do: for `GET /v1/hooks` and the metrics. Addresses and keys are no part of it. */
import { atMost, type Histogram } from '../../core/histogram.ts';
import { histogramSamples, type Family } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { formatInstant } from '../../core/cloud-events.ts';
import { alertsOf, type FailedNotice, type Told } from '../../delivery/records.ts';
import type { NoticeNote } from '../../core/wire.ts';
import type { HookFailure, HookStatus, HookTimes } from '../../gateway/gateway-ports.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import type { HookDelivery } from './hook-delivery.ts';

/** Of the notices that were given up, the last so many are listed. */
const MOST_FAILURES = 20;

export function hookStatus(
  configured: readonly Pick<HookConfig, 'id' | 'kind'>[],
  delivery: HookDelivery | null,
): readonly HookStatus[] {
  return configured.map(({ id, kind }) => {
    const hook = delivery?.hooks.find(({ config }) => config.id === id);
    if (delivery === null || hook === undefined) {
      const none = { delivered: 0, retried: 0, failed: 0, waiting: 0, alerts: 0, left_out: 0, given_up: 0 };
      return { id, kind, state: 'standby', ...none, accepted: null, failures: [], trouble: null };
    }
    const { delivered, retried, givenUp, accepted } = delivery.counts(id);
    const { trouble, waiting, following, leftOut, failed } = hook.queue;
    const state = trouble === null ? 'ok' : 'failing';
    const counts = {
      delivered,
      retried,
      failed: givenUp,
      waiting,
      alerts: following,
      accepted: timesOf(accepted.values()),
    };
    const failures = failed.slice(-MOST_FAILURES).reverse().map(failureOf);
    return { id, kind, state, ...counts, left_out: leftOut, given_up: failed.length, failures, trouble };
  });
}

function timesOf(accepted: Iterable<Histogram>): HookTimes | null {
  const views = [...accepted].map((times) => times.view());
  const [half, most] = [atMost(views, 0.5), atMost(views, 0.95)];
  if (half === null || most === null) return null;
  const n = views.reduce((sum, { count }) => sum + count, 0);
  return { n, half_ms: Math.round(half), most_ms: Math.round(most) };
}

/** What each hook made of an open alert. */
export function noticeNotes(delivery: HookDelivery | null, alert: string): readonly NoticeNote[] {
  return (delivery?.hooks ?? []).flatMap(({ config, queue }): NoticeNote[] => {
    const record = queue.recordOf(alert);
    if (record === undefined) return [];
    const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
    return [
      {
        ...{ hook: config.id, kind: config.kind, state: NOTICE_STATES[record.told] },
        ...{ first: instant(record.toldAt), last: instant(record.lastToldAt), escalated: record.steps },
      },
    ];
  });
}
const NOTICE_STATES = {
  never: 'waiting',
  unknown: 'unknown',
  firing: 'delivered',
  given_up: 'given_up',
} as const satisfies Readonly<Record<Told, NoticeNote['state']>>;

/** What people may know of it: no text of the alert. */
export function failureOf({ notice, at, reason, hint }: FailedNotice): HookFailure {
  const { id, kind, alerts, attempts } = notice;
  const rules = [...new Set(alerts.map(({ rule }) => rule))];
  const about = { rules, alerts: alertsOf(notice).length, attempts };
  return { notice: id, kind, at: formatInstant(at), ...about, reason, hint };
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
      name: 'earshot_hook_notices_given_up',
      help: 'Notices that were given up and not sent since.',
      type: 'gauge',
      samples: samples((status) => status.given_up),
    },
    {
      name: 'earshot_hook_alerts',
      help: 'Alerts that the hook follows: those that fire, and those whose end is to be said.',
      type: 'gauge',
      samples: samples(({ alerts }) => alerts),
    },
    {
      name: 'earshot_hook_brief_left_out_total',
      help: 'Brief alerts that were not said, because too many waited.',
      type: 'counter',
      samples: samples((status) => status.left_out),
    },
    {
      name: 'earshot_hook_failing',
      help: '1 while nothing gets through, or notices were given up.',
      type: 'gauge',
      samples: samples(({ state }) => (state === 'failing' ? 1 : 0)),
    },
  ];
}

/** Of the hooks at work: they come with the first notice that was accepted, or failed. */
export function deliveryFamilies(delivery: HookDelivery | null): readonly Family[] {
  const hooks = (delivery?.hooks ?? []).map(({ config: { id, kind } }) => ({ labels: { hook: id, kind }, id }));
  const counted = hooks.map(({ labels, id }) => ({ labels, counts: must(delivery).counts(id) }));
  return [
    {
      name: 'earshot_hook_accepted_seconds',
      help: 'From when a notice could be said (a first one: its alert was stored) until the receiver accepted it.',
      type: 'histogram',
      samples: counted.flatMap(({ labels, counts }) =>
        [...counts.accepted].flatMap(([reason, times]) => histogramSamples(times.view(), { ...labels, reason })),
      ),
    },
    {
      name: 'earshot_hook_failures_total',
      help: 'Attempts that failed, by why.',
      type: 'counter',
      samples: counted.flatMap(({ labels, counts }) =>
        [...counts.failures].map(([reason, value]) => ({ labels: { ...labels, reason }, value })),
      ),
    },
  ];
}
