/**
 * The operator where several partitions come together, at the lowest of their watermarks: whose key is not the partition's is as
 * exact as with one partition. Hands every message on, and adds what follows from the records in it. Lateness and state are those of
 * the table.
 */
import type { Collector, Envelope, Millis, Operator } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import type { Running } from './between.ts';

/** `M`: what partitions send. */
export function combinedOperator<R extends { readonly at: Millis }, M extends object>(
  running: Running<R>,
  recordsOf: (message: M) => readonly R[],
): Operator<M | CxEvent, M | CxEvent> {
  return {
    onEvent(event: Envelope<M | CxEvent>, watermark: Millis, out: Collector<M | CxEvent>): void {
      out.emit(event);
      // What another operator said here is no message of a partition.
      if (event.derived !== undefined) return;
      for (const record of recordsOf((event as Envelope<M>).value)) {
        running.reached(record.at);
        running.take(record, watermark, out);
      }
    },
    dueAt: () => running.dueAt(),
    onWatermark: (watermark, out) => running.pass(watermark, out),
    delta: () => running.delta(),
    snapshot: () => running.snapshot(),
    size: () => running.size(),
    openRuns: () => running.openRuns?.() ?? [], // of journeys there are none
  };
}
