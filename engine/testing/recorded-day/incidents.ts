/** The four incidents of the recorded day, each of another kind: what goes wrong, where, and when, as parts of the day. */
import type { IncidentKind } from '../../app/demo/visits/visits.ts';

export interface Incident {
  readonly kind: IncidentKind;
  readonly from: number;
  readonly to: number;
  readonly channel: string | null;
  readonly region: string | null;
  /** How many of the visits there and then are part of it. */
  readonly share: number;
  /** The rule of the pack that has to find it, and for which key. */
  readonly rule: string;
  readonly key: Readonly<Record<string, string>>;
}

export const INCIDENTS: readonly Incident[] = [
  {
    ...{ kind: 'mass_complaint', from: 0.58, to: 0.64, channel: null, region: 'east', share: 0.35 },
    ...{ rule: 'mass_complaint', key: { class: 'late', region: 'east' } },
  },
  {
    ...{ kind: 'overrun_phones', from: 0.7, to: 0.76, channel: 'phone', region: null, share: 1 },
    ...{ rule: 'calls_abandoned', key: {} },
  },
  {
    ...{ kind: 'bad_release', from: 0.8, to: 0.86, channel: 'app', region: null, share: 1 },
    ...{ rule: 'negative_surge', key: { channel: 'app' } },
  },
  {
    ...{ kind: 'silent_channel', from: 0.8, to: 1, channel: 'douyin', region: null, share: 1 },
    ...{ rule: 'channel_silent', key: { channel: 'douyin' } },
  },
];

/** Of which incident a visit is part, by its time (part of the day), its place and a draw. */
export function incidentAt(part: number, channel: string, region: string, draw: number): IncidentKind | null {
  const found = INCIDENTS.find(
    (one) =>
      part >= one.from &&
      part < one.to &&
      (one.channel === null || one.channel === channel) &&
      (one.region === null || one.region === region) &&
      draw < one.share,
  );
  return found?.kind ?? null; // most visits are part of none
}
