/**
 * An answer on uWebSockets.js that goes on for as long as both sides like. uWebSockets.js says only that it holds something back,
 * never how much: what comes meanwhile is kept here, so that whoever writes sees it. One that takes nothing for 10 s is cut off.
 */
import type * as Uws from 'uWebSockets.js';
import { must } from '../../../core/must.ts';
import type { HttpAnswer, StreamEvents } from '../http-message.ts';

const NOTHING = new Uint8Array();

/** Its head is written. Gives what is to be called when the peer leaves. */
export function stream(response: Uws.HttpResponse, open: NonNullable<HttpAnswer['stream']>): () => void {
  let isOver = false;
  /** Of the chunk that uWebSockets.js holds a part of; 0: it takes more. */
  let stuck = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  // The peer may leave while it opens.
  let events: StreamEvents | undefined = undefined;

  const over = (): void => {
    if (isOver) return;
    isOver = true;
    waiting = [];
    // Not during the call that ends it: with node:http too the close comes later.
    queueMicrotask(() => events?.closed());
  };
  const pass = (data: Uint8Array): void => {
    response.cork(() => {
      if (!response.write(data)) stuck = Math.max(1, data.length);
    });
  };
  response.onWritable(() => {
    if (isOver) return true;
    stuck = 0;
    // uWebSockets.js moves on what it holds with the next write only.
    do {
      const next = waiting.shift() ?? NOTHING; // nothing waits here
      waitingBytes -= next.length;
      pass(next);
    } while (stuck === 0 && waiting.length > 0);
    const isTaken = stuck === 0;
    if (isTaken) must(events, 'what open() gave').drain();
    return isTaken;
  });
  events = open({
    write(data) {
      if (isOver) return;
      if (stuck === 0) {
        pass(data);
      } else {
        waiting.push(data);
        waitingBytes += data.length;
      }
    },
    buffered: () => (isOver ? 0 : stuck + waitingBytes),
    end() {
      if (isOver) return;
      const rest = Buffer.concat(waiting);
      over();
      response.cork(() => response.end(rest.length === 0 ? '' : rest));
    },
  });
  return over;
}
