/** One request on node:http and its answer: the body within its limits, the answer within the budget of all answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Millis } from '../../core/types.ts';
import { bodiesFull, type HeldBody } from '../http/request-body-budget.ts';
import { type ResponseBudget, responsesFull } from '../http/response-budget.ts';
import { bytesOf, type HttpAnswer, isBodiless } from './http-message.ts';
import { headOf } from './request-head.ts';
import type { RequestLine } from './request-line.ts';
import { type ServerOptions, tooLarge } from './server.ts';

/** An answer of which nothing is taken for so long is given up: it holds its bytes here. */
const STALLED_MS: Millis = 10_000;

/** Resolves once the answer is on its way; never rejects. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  line: RequestLine,
  options: ServerOptions,
): Promise<void> {
  const held = options.bodies.open();
  const answer = await answerOf(request, line, held, options).finally(() => held.release());
  if (answer === undefined || response.destroyed) return;
  if (answer.stream !== undefined && request.method !== 'HEAD') {
    // Who has nothing to say is not cut off: whoever writes decides how long a silent peer is borne.
    request.socket.setTimeout(0);
    stream(response, answer, answer.stream);
    return;
  }
  // By what node:http does with a socket that stands still; once all is taken it sets its own limit.
  request.socket.setTimeout(options.stalledMs ?? STALLED_MS);
  send(request, response, answer, options.answers);
  // What is left of a body nobody wants is not waited for.
  if (answer.headers['connection'] === 'close') response.on('finish', () => request.destroy());
}

/** undefined: nobody waits for an answer. */
async function answerOf(
  request: IncomingMessage,
  line: RequestLine,
  held: HeldBody,
  options: ServerOptions,
): Promise<HttpAnswer | undefined> {
  const head = headOf(request);
  if ('refused' in head) return head.refused;
  const body = await bodyOf(request, line, options.maxBodyBytes, held);
  if (body === undefined) return undefined;
  return body instanceof Uint8Array ? options.handlers.request({ ...head, body }) : body;
}

/** The body; the answer to what is wrong with it; undefined when the peer left during its own request. */
async function bodyOf(
  request: IncomingMessage,
  line: RequestLine,
  limit: number,
  held: HeldBody,
): Promise<Uint8Array | HttpAnswer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return tooLarge(limit); // not said: counted as it comes
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // No more is read; the answer goes out before the connection is cut.
    const refuse = (answer: HttpAnswer): void => {
      request.pause();
      chunks.length = 0;
      resolve(answer);
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) refuse(tooLarge(limit));
      else if (held.take(chunk.length)) chunks.push(chunk);
      else refuse(bodiesFull());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
    line.reads(request, refuse);
  });
}

function stream(
  response: ServerResponse,
  { status, headers }: HttpAnswer,
  open: NonNullable<HttpAnswer['stream']>,
): void {
  response.writeHead(status, headers).flushHeaders();
  const isOpen = (): boolean => !response.destroyed && !response.writableEnded;
  const events = open({
    write: (data) => {
      if (isOpen()) response.write(data);
    },
    buffered: () => response.writableLength,
    end: () => {
      if (isOpen()) response.end();
    },
  });
  response.on('drain', () => events.drain());
  response.on('error', () => undefined); // the close follows
  response.on('close', () => events.closed());
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, budget: ResponseBudget): void {
  const { status, headers } = answer;
  const { method = 'GET' } = request;
  const bytes = bytesOf(answer);
  const length = isBodiless(status, 'GET') ? {} : { 'content-length': bytes.length };
  if (isBodiless(status, method)) {
    response.writeHead(status, { ...headers, ...length }).end();
    return;
  }
  const held = budget.open(bytes, () => request.socket.destroy());
  if (held === undefined) {
    send(request, response, responsesFull(), budget);
    return;
  }
  // Of a socket that was cut off the answer finishes too.
  response.on('finish', () => held.release(request.socket.destroyed ? 'given up' : 'taken'));
  response.on('close', () => held.release('given up'));
  response.writeHead(status, { ...headers, ...length }).end(bytes);
}
