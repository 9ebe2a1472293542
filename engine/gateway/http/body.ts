/** Reads the JSON object a request carries. */
import { errorAnswer } from './responses.ts';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';

/** An empty body is `{}`. */
export function objectBody(request: HttpRequest): { body: Record<string, unknown> } | { refused: HttpAnswer } {
  if (request.body.length === 0) return { body: {} };
  // Pages elsewhere can post forms and text without asking; they cannot post this.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return { refused: errorAnswer('unsupported_media_type', 'set content-type to application/json') };
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
  } catch {
    return { refused: errorAnswer('bad_request', 'the body is not valid JSON') };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { refused: errorAnswer('bad_request', 'the body is a JSON object') };
  }
  return { body: value as Record<string, unknown> };
}

/** A text of at most `max` characters; null where there is none; undefined where it is something else. */
export function textField(body: Record<string, unknown>, name: string, max: number): string | null | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' && value.length <= max ? value : undefined;
}
