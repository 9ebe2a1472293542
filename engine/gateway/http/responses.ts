/** Answers of the HTTP API. Errors are `{"error":{"code","message",…}}` with stable codes. */
import type { Json, JsonObject } from '../../core/types.ts';
import type { Degradation } from '../../core/wire.ts';
import type { HttpAnswer } from '../server/http-message.ts';

export const ERROR_CODES = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  origin_forbidden: 403,
  host_forbidden: 421,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  invalid: 422,
  upgrade_required: 426,
  rate_limited: 429,
  head_too_large: 431,
  internal: 500,
  not_implemented: 501,
  upstream_failed: 502,
  overloaded: 503,
  not_ready: 503,
} as const;
export type HttpErrorCode = keyof typeof ERROR_CODES;

export const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

export function errorAnswer(
  code: HttpErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return jsonAnswer(ERROR_CODES[code], { error: { code, message, ...details } }, headers);
}

/** The gateway listens before the engine runs: what needs the engine is not there yet, and why. */
export function notStarted(reasons: readonly string[]): HttpAnswer {
  const message = `the engine is starting: ${reasons.join('; ')}`;
  return errorAnswer('not_ready', message, { reasons }, { 'retry-after': '1' });
}

/** What went to the broker was not acknowledged: the same again, with the same ids, counts once. */
export function notStored(why: 'full' | 'late'): HttpAnswer {
  return why === 'full'
    ? errorAnswer(
        'overloaded',
        'nothing of this was taken: as much waits for the broker as may, 256 requests, 4,096 messages or 32 MiB, whatever the configuration',
        {},
        { 'retry-after': '1' },
      )
    : errorAnswer(
        'not_ready',
        'the broker did not acknowledge this in time: send it again, what has the same id counts once',
        {},
        { 'retry-after': '5' },
      );
}

/** Sent with every answer. No inline script or style, nothing from elsewhere, no frame around us, no referrer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** Over TLS: browsers come back by https only, for a year. */
export const HSTS: Readonly<Record<string, string>> = { 'strict-transport-security': 'max-age=31536000' };

export interface Condition {
  readonly ok: boolean;
  /** Sentences; empty when all is well. */
  readonly reasons: readonly string[];
  /** What is amiss though all works; left out: nothing. */
  readonly degraded?: readonly Degradation[];
}
/** Of what nobody looks at. */
export const allWell: Condition = { ok: true, reasons: [] };

/** What a probe answers. */
export function condition(state: Condition = allWell, more: JsonObject = {}): HttpAnswer {
  const { ok, reasons, degraded = [] } = state;
  return jsonAnswer(ok ? 200 : 503, {
    ok,
    reasons,
    ...(degraded.length > 0 ? { degraded: degraded.map(plainOf) } : {}),
    ...more,
  });
}

/** For those who may not know whose it is: a source may name a store that lies outside their scope. */
export function withoutNames(state: Condition): Condition {
  const { degraded } = state;
  return degraded === undefined ? state : { ...state, degraded: degraded.map((one) => ({ ...one, about: [] })) };
}

function plainOf({ code, message, values, about }: Degradation): Json {
  return { code, message, values: { ...values }, about: [...about] };
}

/** A document of the API: asked for again each time, answered in full. */
export function documentAnswer(value: Json, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-cache', ...headers },
    body: JSON.stringify(value),
  };
}

/** The code of an answer that refuses access, for the audit; undefined: it does not. Too many requests are no refusal. */
export function refusedAccess({ status }: HttpAnswer): 'unauthorized' | 'forbidden' | 'host_forbidden' | undefined {
  if (status === ERROR_CODES.unauthorized) return 'unauthorized';
  if (status === ERROR_CODES.forbidden) return 'forbidden';
  return status === ERROR_CODES.host_forbidden ? 'host_forbidden' : undefined;
}
