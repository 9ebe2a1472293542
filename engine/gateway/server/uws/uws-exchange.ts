/** One request on uWebSockets.js and its answer: the body within its limits, the answer within the budget of all answers. */
import type * as Uws from 'uWebSockets.js';
import type { Millis } from '../../../core/types.ts';
import { bodiesFull } from '../../http/request-body-budget.ts';
import { type HeldResponse, type ResponseBudget, responsesFull } from '../../http/response-budget.ts';
import { errorAnswer } from '../../http/responses.ts';
import { bytesOf, type HttpAnswer, isBodiless } from '../http-message.ts';
import type { RequestHead } from '../request-head.ts';
import { stream } from './uws-stream.ts';
import { REQUEST_MS, type ServerOptions, STATUS_TEXT, tooLarge, tookTooLong } from '../server.ts';

const MAX_LAST_BYTES = 65_536;

/** Who asked, as long as it is there. */
export interface Peer {
  gone: boolean;
  /** What it has not taken yet. */
  answer: HeldResponse | undefined;
  /** Where the answer goes on: to be called when it leaves. */
  stream: (() => void) | undefined;
}

/** To be called before the first await: uWebSockets.js keeps no response that nobody watches. */
export function peerOf(response: Uws.HttpResponse, left?: () => void): Peer {
  const peer: Peer = { gone: false, answer: undefined, stream: undefined };
  response.onAborted(() => {
    peer.gone = true;
    peer.answer?.release('given up');
    peer.stream?.();
    left?.();
  });
  return peer;
}

/**
 * `head` has passed strict-head.ts: its length is what uWebSockets.js goes by. Its reader of chunks takes more than chunks for
 * them, so that nobody knows where such a body ends: its answer is the last of the connection.
 */
export function exchange(response: Uws.HttpResponse, head: RequestHead, options: ServerOptions): void {
  const limit = options.maxBodyBytes;
  const declared = Number(head.headers['content-length'] ?? 0); // not said: counted as it comes
  const isChunked = head.headers['transfer-encoding'] !== undefined;
  const held = options.bodies.open();
  let state: 'reading' | 'whole' | 'refused' = 'reading';
  const over = (next: 'whole' | 'refused'): void => {
    state = next;
    clearTimeout(timer);
  };
  const peer = peerOf(response, () => {
    clearTimeout(timer);
    if (state === 'reading') held.release();
  });
  const reply = async (body: Uint8Array): Promise<void> => {
    over('whole');
    const answer = await options.handlers.request({ ...head, body }).finally(() => held.release());
    const goesOn = head.method === 'HEAD' ? undefined : answer.stream;
    if (goesOn !== undefined) {
      if (peer.gone) return;
      response.cork(() => {
        writeHead(response, answer);
        peer.stream = stream(response, goesOn);
      });
    } else if (isChunked || answer.headers['connection'] === 'close') last(response, peer, answer, head.method);
    else if (!peer.gone) response.cork(() => send(response, peer, answer, head.method, options.answers));
  };
  const chunks: Buffer[] = [];
  const giveUp = (answer: HttpAnswer): void => {
    over('refused');
    held.release();
    chunks.length = 0;
    last(response, peer, answer, head.method);
  };
  const ms: Millis = options.requestMs ?? REQUEST_MS;
  const timer = setTimeout(() => giveUp(tookTooLong()), ms);
  if (declared > limit) {
    giveUp(tooLarge(limit));
    return;
  }
  if (declared === 0 && !isChunked) {
    void reply(new Uint8Array());
    return;
  }
  let length = 0;
  response.onData((chunk, isLast) => {
    if (state !== 'reading') return;
    length += chunk.byteLength;
    if (length > limit) giveUp(tooLarge(limit));
    else if (!held.take(chunk.byteLength)) giveUp(bodiesFull());
    else {
      // The chunk is only lent.
      chunks.push(Buffer.from(new Uint8Array(chunk)));
      if (isLast) void reply(Buffer.concat(chunks));
    }
  });
}

/**
 * The answer after which the connection is closed. It goes out once the parser is through with what came: of another request
 * behind this one, which nobody may see, uWebSockets.js then closes the connection, since this one is not answered yet.
 */
export function last(response: Uws.HttpResponse, peer: Peer, answer: HttpAnswer, method: string): void {
  setImmediate(() => {
    if (peer.gone) return;
    response.cork(() => end(response, bytesOf(answer).length > MAX_LAST_BYTES ? tooLong() : answer, method));
  });
}

function end(response: Uws.HttpResponse, answer: HttpAnswer, method: string): void {
  writeHead(response, answer);
  response.writeHeader('connection', 'close');
  response.end(isBodiless(answer.status, method) ? '' : answer.body, true);
}

/** What is longer can't be taken back from uWebSockets.js while nobody reads it. */
function tooLong(): HttpAnswer {
  return errorAnswer('not_implemented', 'so long an answer is given to a request with a content-length alone');
}

/** Hands over as much as the kernel takes, the rest as it takes more. One that takes nothing for 10 s is cut off by uWebSockets.js. */
function send(
  response: Uws.HttpResponse,
  peer: Peer,
  answer: HttpAnswer,
  method: string,
  budget: ResponseBudget,
): void {
  const body = bytesOf(answer);
  if (isBodiless(answer.status, method) || body.length === 0) {
    writeHead(response, answer);
    // Any argument of endWithoutBody(), undefined too, counts as a length that is waited for: the length goes as a header.
    if (method === 'HEAD' && !isBodiless(answer.status, 'GET')) {
      response.writeHeader('content-length', String(body.length));
    }
    if (isBodiless(answer.status, method)) response.endWithoutBody();
    else response.end('');
    return;
  }
  const held = budget.open(body, () => {
    if (!peer.gone) response.close();
  });
  if (held === undefined) {
    send(response, peer, responsesFull(), method, budget);
    return;
  }
  peer.answer = held;
  const more = (offset: number): boolean => {
    const [isTaken, isDone] = response.tryEnd(body.subarray(offset), body.length);
    if (isDone) held.release('taken');
    return isTaken;
  };
  writeHead(response, answer);
  if (!more(0)) response.onWritable(more);
}

function writeHead(response: Uws.HttpResponse, answer: HttpAnswer): void {
  response.writeStatus(`${answer.status} ${STATUS_TEXT[answer.status] ?? 'Answer'}`);
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name !== 'connection') response.writeHeader(name, value);
  }
}
