/**
 * `/v1/live` where no WebSocket gets through: server-sent events behind the part of a WebSocket that the line uses. What a client
 * would say to subscribe goes into the address; to subscribe again is to ask again. The browser's own way to come back is not
 * used: the line knows better where it stands.
 */
import type { ClientFrame } from '../../engine/core/wire.ts';
import type { SocketLike } from './live-socket.ts';

/** The part of EventSource we use. */
export interface EventSourceLike {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(type: 'message' | 'close', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** What a WebSocket says where no close frame came. */
const NO_CLOSE = 1006;

/** @param url as of the WebSocket: `wss://board.example.com/earshot/v1/live` */
export function eventSourceSocket(url: string, open: (url: string) => EventSourceLike): SocketLike {
  let source: EventSourceLike | null = null;
  let isClosed = false;
  const leave = (): void => {
    source?.close();
    source = null;
  };
  const closed = (code: number, reason: string): void => {
    if (isClosed) return;
    isClosed = true;
    leave();
    socket.onclose?.({ code, reason });
  };
  const subscribe = (frame: Extract<ClientFrame, { op: 'sub' }>): void => {
    leave();
    const mine = (source = open(addressOf(url, frame)));
    mine.addEventListener('message', ({ data }) => {
      if (mine === source) socket.onmessage?.({ data: renamed(data, frame.id) });
    });
    mine.addEventListener('close', ({ data }) => {
      if (mine === source) closed(...farewellOf(data));
    });
    mine.onerror = () => {
      if (mine === source) closed(NO_CLOSE, '');
    };
  };
  const socket: SocketLike = {
    ...{ onopen: null, onmessage: null, onclose: null, onerror: null },
    send(text) {
      const frame = JSON.parse(text) as ClientFrame;
      if (frame.op === 'sub' && !isClosed) subscribe(frame);
    },
    close() {
      isClosed = true;
      leave();
    },
  };
  // Nothing is asked for before it is known what: as if it were open.
  queueMicrotask(() => {
    if (!isClosed) socket.onopen?.();
  });
  return socket;
}

function addressOf(url: string, frame: Extract<ClientFrame, { op: 'sub' }>): string {
  const { topics, where, max_hz: maxHz, resume, screen } = frame;
  const address = new URL(url);
  address.protocol = address.protocol.replace('ws', 'http');
  for (const topic of topics) address.searchParams.append('topic', topic);
  for (const [dimension, values] of Object.entries(where ?? {} /* of all */)) {
    for (const value of values) address.searchParams.append('where', `${dimension}:${value}`);
  }
  if (maxHz !== undefined) address.searchParams.set('max_hz', String(maxHz));
  if (resume !== undefined) address.searchParams.set('resume', `${resume.epoch}:${resume.seq}`);
  if (screen !== undefined) address.searchParams.set('screen', JSON.stringify(screen));
  return address.href;
}

/** The gateway knows one subscription a connection, by the id 1. */
function renamed(data: unknown, id: number): unknown {
  return typeof data === 'string' ? data.replace(/^(\{"op":"[a-z]+","id":)1(?=[,}])/, `$1${id}`) : data;
}

function farewellOf(data: unknown): [code: number, reason: string] {
  try {
    const { code, reason } = JSON.parse(String(data)) as { code: unknown; reason: unknown };
    return [typeof code === 'number' ? code : NO_CLOSE, typeof reason === 'string' ? reason : ''];
  } catch {
    return [NO_CLOSE, '']; // it ends all the same
  }
}
