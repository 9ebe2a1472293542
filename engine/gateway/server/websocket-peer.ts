/** A WebSocket of `ws` as the gateway sees it. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Millis } from '../../core/types.ts';
import type { LiveSocket, SocketEvents } from './server.ts';
import type { SharedFrames } from './shared-frames.ts';

/** What a peer that does not answer a close frame is left with. */
const FAREWELL_MS: Millis = 5_000;
/** Frames that may be on their way when a close frame is sent. */
const LATE_FRAMES = 64;

export interface LiveSocketOptions {
  /** What `client` sits on. */
  readonly socket: Duplex;
  readonly frames: SharedFrames;
  /** Whether the client takes packed messages, of any window. */
  readonly mayPack: boolean;
  readonly farewellMs?: Millis | undefined;
}

/** Hands over what the peer says, until the close, to what `open` gives. */
export function carry(client: WebSocket, options: LiveSocketOptions, open: (live: LiveSocket) => SocketEvents): void {
  const { socket, frames, mayPack, farewellMs = FAREWELL_MS } = options;
  const isOpen = (): boolean => client.readyState === client.OPEN;
  const leave = (): void => void setTimeout(() => client.terminate(), farewellMs).unref();
  let late = 0;
  const hears = (): boolean => {
    if (isOpen()) return true;
    late += 1;
    // ws reads on until the peer closes too: one that goes on talking is not waited for.
    if (late === LATE_FRAMES) client.terminate();
    return false;
  };
  const events = open({
    send(data, binary) {
      // ws writes what it sends itself, pings and the close, at once too: the order stays.
      if (isOpen()) socket.write(frames.of(data, binary, mayPack));
    },
    buffered: () => client.bufferedAmount,
    ping() {
      if (isOpen()) client.ping();
    },
    close(code, reason) {
      client.close(code, reason);
      leave();
    },
  });
  client.on('message', (data: Buffer, binary: boolean) => hears() && events.message(data, binary));
  client.on('pong', () => hears() && events.pong());
  client.on('ping', () => hears() && events.pong());
  // The close frame that says what was wrong (1002, 1007, 1009) is on its way: it may be read.
  client.on('error', leave);
  client.on('close', () => events.closed());
  socket.on('drain', () => events.drain());
}
