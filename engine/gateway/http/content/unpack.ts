/**
 * Bodies that were packed on the way (content-encoding gzip): unpacked within the limit of any body and within the budget of all,
 * whatever they claim to hold. Only of those who may ask.
 */
import { createGunzip } from 'node:zlib';
import type { HttpAnswer, HttpRequest } from '../../server/http-message.ts';
import { tooLarge } from '../../server/server.ts';
import { bodiesFull, type RequestBodyBudget } from '../request-body-budget.ts';
import { errorAnswer } from '../responses.ts';

export interface UnpackLimits {
  readonly maxBodyBytes: number;
  readonly bodies: RequestBodyBudget;
}

/** What `then` answers to the request as it was before packing. */
export async function withUnpacked(
  request: HttpRequest,
  { maxBodyBytes, bodies }: UnpackLimits,
  then: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const coding = request.headers['content-encoding']?.trim().toLowerCase();
  if (coding === undefined || coding === 'identity' || request.body.length === 0) return then(request);
  if (coding !== 'gzip' && coding !== 'x-gzip') {
    const message = 'the only content-encoding taken is gzip';
    return errorAnswer('unsupported_media_type', message, {}, { 'accept-encoding': 'gzip' });
  }
  const held = bodies.open();
  try {
    const body = await unpacked(request.body, maxBodyBytes, (bytes) => held.take(bytes));
    return body instanceof Uint8Array ? await then({ ...request, body }) : body;
  } finally {
    held.release();
  }
}

function unpacked(body: Uint8Array, limit: number, take: (bytes: number) => boolean): Promise<Uint8Array | HttpAnswer> {
  return new Promise((resolve) => {
    const gunzip = createGunzip();
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = (answer: HttpAnswer): void => {
      gunzip.destroy();
      resolve(answer);
    };
    gunzip.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) refuse(tooLarge(limit));
      else if (take(chunk.length)) chunks.push(chunk);
      else refuse(bodiesFull());
    });
    gunzip.on('end', () => resolve(Buffer.concat(chunks)));
    gunzip.on('error', () => resolve(errorAnswer('bad_request', 'the body is not valid gzip')));
    gunzip.end(body);
  });
}
