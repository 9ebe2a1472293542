/** A snapshot that an earlier version wrote is restored, and the work goes on as if nothing had happened. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME, type Collector, type State } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope, KpiValue } from '../../shared/messages.ts';
import { kpisOperator } from '../kpis.ts';

interface Fixture {
  readonly kpis: readonly KpiConfig[];
  readonly watermark: number;
  readonly origin: number;
  /** The event that came after the snapshot. */
  readonly next: CxEnvelope;
  /** base64 */
  readonly parts: readonly string[];
  /** What final values that event and the end of time gave then. */
  readonly after: readonly string[];
}

describe('a snapshot written in', () => {
  it.each([
    ['the first form, by version 0.1.0', 'snapshot.fixture.json'],
    ['the second form, with deltas that hold what changed in sketches', 'snapshot-2.fixture.json'],
    ['the third form, with deltas that hold what changed in sessions', 'snapshot-3.fixture.json'],
  ])('%s gives the same values from there on', (_form, file) => {
    const fixture = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Fixture;
    const values: KpiValue[] = [];
    const out: Collector<KpiValue> = {
      emit: ({ value }) => void values.push(value),
      send: () => undefined,
      forward: () => undefined,
      show: () => undefined,
      urgent: () => undefined,
      count: () => undefined,
    };
    const parts: State[] = fixture.parts.map((part) => new Uint8Array(Buffer.from(part, 'base64')));
    const options = { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression };
    const def = kpisOperator(fixture.kpis, options);
    const first = def.create({ partition: 0 }, parts);
    first.onEvent(fixture.next, fixture.watermark, out);
    // What is written from there on is read over it.
    const delta = first.delta?.();
    const operator = def.create({ partition: 0 }, delta === undefined ? [] : [...parts, delta]);
    operator.onWatermark?.(END_OF_TIME, out);
    const line = ({ kpi, keyId, window, value, n, revision, retracted }: KpiValue): string =>
      `${kpi} ${keyId} [${window.start - fixture.origin},${window.end - fixture.origin}) ${value} n=${n} r${revision}${retracted === true ? ' retracted' : ''}`;
    expect(values.filter(({ final }) => final).map(line)).toEqual(fixture.after);
    expect(fixture.after.length).toBeGreaterThan(30);
    expect(Object.values(operator.size?.() ?? {}).every((size) => size === 0)).toBe(true);
  });
});
