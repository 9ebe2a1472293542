import { describe, expect, it } from 'vitest';
import { Histogram, POWERS_OF_TWO_MS } from './histogram.ts';
import { NO_CLOCK_FINDINGS } from './partition/clock-findings.ts';
import { engineFamilies } from '../gateway/metrics/engine-metrics.ts';
import { exposition, histogramSamples } from './metrics.ts';

describe('exposition', () => {
  it('writes families as Prometheus reads them', () => {
    expect(
      exposition([
        { name: 'a_total', help: 'One\nline \\', type: 'counter', samples: [{ value: 3 }] },
        { name: 'b', help: 'B.', type: 'gauge', samples: [{ labels: { x: 'q"\\\n', p: 0 }, value: Number.NaN }] },
        { name: 'c', help: 'C.', type: 'gauge', samples: [] },
      ]),
    ).toBe(
      '# HELP a_total One\\nline \\\\\n# TYPE a_total counter\na_total 3\n' +
        '# HELP b B.\n# TYPE b gauge\nb{x="q\\"\\\\\\n",p="0"} NaN\n',
    );
  });

  it('cumulates the buckets of a histogram, in seconds', () => {
    expect(histogramSamples({ bounds: [1, 10], counts: [2, 0, 3], count: 5, sumMs: 45.5, maxMs: 30 })).toEqual([
      { suffix: '_bucket', labels: { le: '0.001' }, value: 2 },
      { suffix: '_bucket', labels: { le: '0.01' }, value: 2 },
      { suffix: '_bucket', labels: { le: '+Inf' }, value: 5 },
      { suffix: '_sum', labels: {}, value: 0.0455 },
      { suffix: '_count', labels: {}, value: 5 },
    ]);
  });

  it("tells of the engine's partitions", () => {
    const commitMs = new Histogram(POWERS_OF_TWO_MS);
    commitMs.record(3);
    const text = exposition(
      engineFamilies(
        [
          {
            partition: 2,
            health: { state: 'running', reasons: [] },
            epoch: 1,
            counters: { events_in: 10, events_late: 1 },
            position: 10,
            committedPosition: 9,
            commits: 4,
            watermark: 5_000,
            lagMs: 250,
            isIdle: false,
            batches: 3,
            ahead: 1,
            forwards: 0,
            outbox: 2,
            uncommitted: 1,
            commitMs: commitMs.view(),
            size: { kpis: { keys: 7 } },
            deltaBytes: 100,
            snapshotBytes: 200,
            snapshots: 1,
            restarts: 0,
            clocks: NO_CLOCK_FINDINGS,
          },
        ],
        7_500,
      ),
    );
    for (const line of [
      'earshot_events_in_total{partition="2"} 10',
      'earshot_events_late_total{partition="2"} 1',
      'earshot_watermark_delay_seconds{partition="2"} 2.5',
      'earshot_lag_seconds{partition="2"} 0.25',
      'earshot_queue_depth{partition="2",queue="outbox"} 2',
      'earshot_operator_size{partition="2",operator="kpis",what="keys"} 7',
      'earshot_commit_seconds_bucket{partition="2",le="0.004"} 1',
      'earshot_commit_seconds_bucket{partition="2",le="0.002"} 0',
      'earshot_partition_state{partition="2",state="running"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });
});
