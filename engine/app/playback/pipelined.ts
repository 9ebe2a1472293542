/** Publishing in the background: a bounded number of events unacknowledged, so that neither side waits for the other. */
import type { Publisher } from '../../adapters/nats/publisher.ts';
import type { Playable, Publish } from './play.ts';

/** How many events may wait for their acknowledgement before the next one waits. */
const IN_FLIGHT = 1_000;

export interface Pipeline {
  readonly publish: Publish;
  /** Resolves when each event is stored or refused, or the signal has ended the waiting. */
  readonly idle: () => Promise<void>;
  readonly counts: { readonly stored: number; readonly refused: number; readonly underWay: number };
}

/** `onRefused`: an event that the broker will never take; the others go on. */
export function pipelined(
  publisher: Publisher,
  signal: AbortSignal,
  onRefused: (event: Playable, why: unknown) => void,
): Pipeline {
  const underWay = new Set<Promise<void>>();
  let stored = 0;
  let refused = 0;
  return {
    publish: (event) => {
      const { subject, headers, data } = event;
      const settled = publisher.publish([{ subject, headers, data }], signal).then(
        () => {
          stored += 1;
          underWay.delete(settled);
        },
        (thrown: unknown) => {
          // Given up: what was under way stays counted as such.
          if (signal.aborted) return;
          refused += 1;
          underWay.delete(settled);
          onRefused(event, thrown);
        },
      );
      underWay.add(settled);
      return underWay.size < IN_FLIGHT ? undefined : Promise.race(underWay);
    },
    idle: async () => {
      await Promise.all(underWay);
    },
    get counts() {
      return { stored, refused, underWay: underWay.size };
    },
  };
}
