/**
 * What stands for saved state that is gone (`--reset state`): that of a life without any KPI which had come as far in time. So
 * every KPI joins it, as one does that is new in a running store (birth.ts).
 */
import type { Birth } from '../birth.ts';
import { ByteWriter } from '../saved/bytes.ts';
import { fingerprintOf } from '../saved/migrate.ts';
import { writeHead } from '../saved/table-state.ts';
import type { State } from '../../../engine/core/types.ts';
import { layoutHash } from './partial-message.ts';
import type { Reported } from './reported.ts';

/** By operator: what is saved of it, and under which fingerprint. */
export interface LostState {
  readonly deltas: Readonly<Record<string, State>>;
  readonly fingerprints: Readonly<Record<string, State>>;
}

/** Of an engine with one partition. */
export function lostKpis(zone: string, { maxTs, watermark }: Birth): LostState {
  const head = new ByteWriter();
  writeHead(head, { maxTs, watermark, nextSerial: 0 });
  return { deltas: { kpis: head.take() }, fingerprints: { kpis: fingerprintOf([], zone) } };
}

/** Of one of several partitions: it says itself how far it had come. */
export function lostPartials(zone: string, { maxTs, watermark }: Birth, partitions: number): LostState {
  const layout = layoutHash(fingerprintOf([], zone));
  const reported: Reported = { number: 0, watermark, isIdle: false, apart: null, layout, maxTs };
  return { deltas: { kpis: reported as unknown as State }, fingerprints: { kpis: { partitions } } };
}

/** Of what combines them: until each of them has said that, every window may lack events. */
export function lostCombination(zone: string, reached: Birth, partitions: number): LostState {
  const { deltas, fingerprints } = lostKpis(zone, reached);
  const last = Object.fromEntries(Array.from({ length: partitions }, (_, partition) => [String(partition), 0]));
  return {
    deltas: { ...deltas, inputs: { last } },
    fingerprints: { ...fingerprints, inputs: fingerprintOf([], zone) },
  };
}
