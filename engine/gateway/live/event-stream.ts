/**
 * `/v1/live` as server-sent events, for networks that let no WebSocket through: the frames of earshot.v1.json, one an event; the
 * subscription stands in the address. An event's id is the place after it, so that `Last-Event-ID` (which browsers send by
 * themselves) resumes there. An event `close` says why it ends, with the code a WebSocket would have.
 */
import { CLOSE } from '../../core/wire.ts';
import { jsonCodec } from '../../live/frame-codec.ts';
import type { AnswerStream, HttpAnswer, HttpRequest } from '../server/http-message.ts';
import type { LiveSocket, SocketEvents } from '../server/server.ts';

const EVENT_STREAM_TYPE = 'text/event-stream';
/** Begins the frames that say where a client is after them; the rest have no id. */
const PLACED = /^\{"op":"(?:snapshot|delta)","id":\d+,"seq":(\d+)/;
const REFUSED = /^\{"op":"error"/;
const HEAD_BYTES = 64;
const COMMENT = Buffer.from(':\n\n');

export function asksForEvents({ headers }: HttpRequest, query: URLSearchParams): boolean {
  return (headers['accept'] ?? '').includes(EVENT_STREAM_TYPE) || query.has('topic'); // a client need not say what it takes
}

/** The frame that subscribes, as a client would send it; what is wrong with it is found where all such frames are read. */
export function subscriptionOf(query: URLSearchParams, lastEventId: string | undefined): Record<string, unknown> {
  const where = new Map<string, string[]>();
  for (const part of query.getAll('where')) {
    const colon = part.indexOf(':');
    const dimension = colon < 0 ? part : part.slice(0, colon);
    where.set(dimension, [...(where.get(dimension) ?? []), part.slice(dimension.length + 1)]); // its first value
  }
  const maxHz = query.get('max_hz');
  const screen = query.get('screen');
  const resume = placeOf(lastEventId ?? query.get('resume'));
  return {
    op: 'sub',
    id: 1,
    topics: query.getAll('topic'),
    ...(where.size === 0 ? {} : { where: Object.fromEntries(where) }),
    ...(maxHz === null ? {} : { max_hz: Number(maxHz) }),
    ...(resume === undefined ? {} : { resume }),
    ...(screen === null ? {} : { screen: parsed(screen) }),
  };
}

/** What is no JSON is no screen either, and found where all such frames are read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `<epoch>:<seq>`; undefined: it is no place of ours, so that the whole is sent. */
function placeOf(text: string | null | undefined): { readonly epoch: string; readonly seq: number } | undefined {
  const colon = text?.lastIndexOf(':') ?? -1; // none was given
  if (text == null || colon < 0 || !/^\d{1,15}$/.test(text.slice(colon + 1))) return undefined;
  return { epoch: text.slice(0, colon), seq: Number(text.slice(colon + 1)) };
}

/** The answer that goes on: opens what a WebSocket would open, and says `subscription` for the client. */
export function eventAnswer(
  subscription: Record<string, unknown>,
  frames: EventFrames,
  open: (socket: LiveSocket) => SocketEvents,
  headers: Readonly<Record<string, string>>,
): HttpAnswer {
  const frame = jsonCodec.frame(subscription);
  return {
    status: 200,
    headers: {
      'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
      'cache-control': 'no-store',
      // nginx would gather it.
      'x-accel-buffering': 'no',
      ...headers,
    },
    body: '',
    stream: (out) => {
      const socket = eventSocket(out, frames, () => events.pong());
      const events = open(socket);
      events.message(frame, false);
      return { drain: () => events.drain(), closed: () => events.closed() };
    },
  };
}

/** Frames as events. Of one frame that goes to many clients, one after the other, the event is made once. */
export class EventFrames {
  readonly #epoch: string;
  #frame: Uint8Array | undefined;
  #event: Uint8Array = COMMENT;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  of(frame: Uint8Array): Uint8Array {
    if (frame === this.#frame) return this.#event;
    const text = textOf(frame);
    const seq = PLACED.exec(text.toString('latin1', 0, HEAD_BYTES))?.[1];
    const head = seq === undefined ? 'data: ' : `id: ${this.#epoch}:${seq}\ndata: `;
    this.#frame = frame;
    return (this.#event = Buffer.concat([Buffer.from(head), text, Buffer.from('\n\n')]));
  }
}

/** @param heard the peer took all that was sent: it is there */
function eventSocket(out: AnswerStream, frames: EventFrames, heard: () => void): LiveSocket {
  const close = (code: number, reason: string): void => {
    out.write(Buffer.from(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`));
    out.end();
  };
  return {
    send(data) {
      out.write(frames.of(data));
      // Nothing else can be asked for on this connection.
      if (REFUSED.test(textOf(data).toString('latin1', 0, HEAD_BYTES))) close(CLOSE.badFrame, 'see the error');
    },
    buffered: () => out.buffered(),
    ping() {
      if (out.buffered() === 0) heard();
      out.write(COMMENT);
    },
    close,
  };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
