/** Publishing in the background: a bounded number of events unacknowledged, so that neither side waits for the other. */
import type { Publisher } from '../../adapters/nats/publisher.ts';
import type { Publish } from './play.ts';

/** How many events may wait for their acknowledgement before the next one waits. */
const IN_FLIGHT = 1_000;

/** `idle` resolves when all are stored. */
export function pipelined(
  publisher: Publisher,
  signal: AbortSignal,
): { readonly publish: Publish; readonly idle: () => Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    publish: ({ subject, headers, data }) => {
      const stored = publisher.publish([{ subject, headers, data }], signal).then(
        () => void underWay.delete(stored),
        (thrown: unknown) => {
          underWay.delete(stored);
          if (!signal.aborted) throw thrown;
        },
      );
      underWay.add(stored);
      return underWay.size < IN_FLIGHT ? undefined : Promise.race(underWay);
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}
