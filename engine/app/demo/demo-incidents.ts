/** What goes wrong in the demo: one incident of each kind, one after the other, again every ten minutes. */
import type { Millis } from '../../core/types.ts';
import type { IncidentKind } from './visits/visits.ts';

export interface DemoIncident {
  readonly kind: IncidentKind;
  /** After the start of a cycle. */
  readonly fromMs: Millis;
  readonly toMs: Millis;
  /** Where; left out: everywhere. */
  readonly channel?: string;
  readonly region?: string;
}

export const CYCLE_MS: Millis = 600_000;

export const DEMO_INCIDENTS: readonly DemoIncident[] = [
  { kind: 'bad_release', fromMs: 20_000, toMs: 140_000, channel: 'app', region: 'east' },
  { kind: 'mass_complaint', fromMs: 190_000, toMs: 260_000, region: 'south' },
  { kind: 'overrun_phones', fromMs: 310_000, toMs: 390_000, channel: 'phone' },
  { kind: 'silent_channel', fromMs: 430_000, toMs: 530_000, channel: 'douyin' },
];

/** Which of these goes on there and then. */
export function demoIncidentAt(sinceStart: Millis, channel: string, region: string): IncidentKind | null {
  const at = sinceStart % CYCLE_MS;
  const found = DEMO_INCIDENTS.find(
    (one) =>
      at >= one.fromMs &&
      at < one.toMs &&
      (one.channel === undefined || one.channel === channel) &&
      (one.region === undefined || one.region === region),
  );
  return found?.kind ?? null; // mostly nothing goes wrong
}
