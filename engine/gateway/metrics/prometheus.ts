/**
 * `/metrics`: the process, the gateway, and whatever families the engine hands in. All that Earshot counts is families of
 * `engine/core/metrics.ts`; prom-client only looks at the process.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { HubStats } from '../../live/hub-stats.ts';
import { exposition, single, type Family, type Queue } from '../../core/metrics.ts';
import { queueFamilies } from './queue-metrics.ts';
import { RequestMetrics } from './request-metrics.ts';

export interface MetricsSources {
  hub(): HubStats;
  live(): Readonly<Record<string, number>>;
  queues(): readonly Queue[];
  families(): readonly Family[];
}

export class Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #sources: MetricsSources;
  readonly requests = new RequestMetrics();

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    this.contentType = this.#registry.contentType;
    // Event-loop delay included: the figure that shows first when this process is short of time.
    collectDefaultMetrics({ register: this.#registry });
    // Gauges under a counter's name, which Prometheus' linter refuses; the same by type stay, under a gauge's.
    for (const what of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${what}_total`);
    }
  }

  async text(): Promise<string> {
    return (
      (await this.#registry.metrics()) +
      exposition([
        ...this.requests.families(),
        ...this.#gateway(),
        ...queueFamilies(this.#sources.queues()),
        ...this.#sources.families(),
      ])
    );
  }

  close(): void {
    this.#registry.clear();
  }

  #gateway(): Family[] {
    const hub = this.#sources.hub();
    const live = Object.entries(this.#sources.live());
    const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Family =>
      single(`earshot_gateway_${name}`, type, help, value);
    return [
      one('clients', 'gauge', 'Live connections.', hub.clients),
      one('subscriptions', 'gauge', 'Live subscriptions.', hub.subscriptions),
      one('groups', 'gauge', 'Distinct subscriptions, each encoded once.', hub.groups),
      one('frames_total', 'counter', 'Frames sent.', hub.frames),
      one('bytes_total', 'counter', 'Bytes of frames sent.', hub.bytes),
      one('conflated_total', 'counter', 'Deltas put off because a client was slow: values conflated.', hub.conflated),
      one('resnapshots_total', 'counter', 'Fresh snapshots for clients that fell behind.', hub.resnapshots),
      one('closed_slow_total', 'counter', 'Clients closed because they could not keep up.', hub.closedSlow),
      one('board_values', 'gauge', 'KPI values on the board.', hub.cells),
      one('board_evictions_total', 'counter', 'Times the board was full and dropped its oldest values.', hub.evictions),
      one('open_alerts', 'gauge', 'Alerts that are not resolved.', hub.openAlerts),
      {
        name: 'earshot_gateway_connections_ended_total',
        help: 'Connections refused or ended, and frames at fault, by reason.',
        type: 'counter',
        samples: live.map(([reason, value]) => ({ labels: { reason }, value })),
      },
    ];
  }
}
