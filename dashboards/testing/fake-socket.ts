/** A WebSocket and timers under a test's hand. */
import type { ClientFrame, ServerFrame } from '../../engine/core/wire.ts';
import type { SocketClock, SocketLike } from '../line/live-socket.ts';

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  binaryType?: string;
  readonly sent: ClientFrame[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.closed = true;
  }
  hears(frame: ServerFrame | string | Uint8Array): void {
    const isRaw = typeof frame === 'string' || frame instanceof Uint8Array;
    this.onmessage?.({ data: isRaw ? frame : JSON.stringify(frame) });
  }
}

export class FakeClock implements SocketClock {
  chance = 0;
  #now = 0;
  #next = 1;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }
  random(): number {
    return this.chance;
  }
  after(ms: number, run: () => void): () => void {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, run });
    return () => this.#timers.delete(id);
  }
  get pending(): number {
    return this.#timers.size;
  }
  /** Runs what is due, in order, as time passes. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
    }
    this.#now = end;
  }
  /** The machine slept: time passed and no timer ran. */
  sleep(ms: number): void {
    this.#now += ms;
  }
}
