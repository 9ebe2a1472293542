/** A WebSocket of uWebSockets.js as the gateway sees it: theirs may not be touched after its close, this one may. */
import type * as Uws from 'uWebSockets.js';
import type { LiveSocket, SocketEvents, UpgradeAccepted } from '../server.ts';

/** What uWebSockets.js keeps with a socket. */
export interface Connection {
  readonly accepted: UpgradeAccepted;
  socket: UwsSocket | undefined;
  events: SocketEvents | undefined;
}

export class UwsSocket implements LiveSocket {
  #ws: Uws.WebSocket<Connection> | undefined;

  constructor(ws: Uws.WebSocket<Connection>) {
    this.#ws = ws;
  }

  send(data: Uint8Array, binary: boolean): void {
    this.#ws?.send(data, binary, false);
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  ping(): void {
    this.#ws?.ping();
  }

  close(code: number, reason: string): void {
    this.#ws?.end(code, reason);
  }

  gone(): void {
    this.#ws = undefined;
  }
}
