/**
 * WebSockets, and server-sent events where no WebSocket gets through. What carried a frame is tried again first; but events give
 * way to WebSockets once those are known to get through here: they were only away together with the gateway. While nothing
 * answers at all the two take turns.
 */
import { eventSourceSocket, type EventSourceLike } from './event-source-socket.ts';
import type { SocketLike } from './live-socket.ts';

export interface FallBackWays {
  readonly socket: (url: string, protocols: string[]) => SocketLike;
  /** null: this platform has none. */
  readonly events: ((url: string) => EventSourceLike) | null;
}
type Open = (url: string, protocols: string[]) => SocketLike;

/** So often in a row nothing came before the other way is tried; and of WebSockets that did get through. */
const PATIENCE = 2;
const PATIENCE_WITH_PROVEN = 8;

/** What the platform has. */
export function platformOpen(): Open {
  const socket: Open = (url, protocols) => new WebSocket(url, protocols) as SocketLike;
  const events = 'EventSource' in globalThis ? (url: string) => new EventSource(url) as EventSourceLike : null;
  return withFallBack({ socket, events });
}

export function withFallBack({ socket, events }: FallBackWays): Open {
  if (events === null) return socket;
  let way: 'socket' | 'events' = 'socket';
  let failures = 0;
  let isSocketProven = false;
  return (url, protocols) => {
    const patience = way === 'socket' && isSocketProven ? PATIENCE_WITH_PROVEN : PATIENCE;
    const isBackToSockets = way === 'events' && isSocketProven && failures === 0;
    if (failures >= patience || isBackToSockets) {
      way = way === 'socket' ? 'events' : 'socket';
      failures = 0;
    }
    // Counts as one until it carried something: a line that stays silent is left without a word.
    failures += 1;
    const mine = way;
    const opened = mine === 'socket' ? socket(url, protocols) : eventSourceSocket(url, events);
    return watched(opened, () => {
      failures = 0;
      if (mine === 'socket') isSocketProven = true;
    });
  };
}

function watched(inner: SocketLike, onHeard: () => void): SocketLike {
  const outer: SocketLike = {
    ...{ onopen: null, onmessage: null, onclose: null, onerror: null },
    send: (text) => inner.send(text),
    close: () => inner.close(),
  };
  inner.binaryType = 'arraybuffer';
  inner.onopen = () => outer.onopen?.();
  inner.onmessage = (event) => {
    onHeard();
    outer.onmessage?.(event);
  };
  inner.onclose = (event) => outer.onclose?.(event);
  return outer;
}
