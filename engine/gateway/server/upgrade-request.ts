/** Whether an upgrade is one to a WebSocket that can be made (RFC 6455 §4.2.1), and what is left of a request that asks for another. */
import { at } from '../../core/must.ts';
import { errorAnswer } from '../http/responses.ts';
import type { HttpAnswer } from './http-message.ts';
import type { SentHead } from './request-head.ts';

const KEY = /^[+/0-9a-z]{22}==$/i;

/** 'other': it asks for something else, or may not ask (HTTP/1.0); what is not understood is a plain request (RFC 9110 §7.8). */
export function upgradeFault(request: SentHead): HttpAnswer | 'other' | undefined {
  const { headers, method, httpVersion } = request;
  if (httpVersion === '1.0' || headers.upgrade?.trim().toLowerCase() !== 'websocket') return 'other';
  if (method !== 'GET') return errorAnswer('bad_request', 'a WebSocket is opened by GET');
  if (headers['sec-websocket-version']?.trim() !== '13') {
    return errorAnswer(
      'upgrade_required',
      'the WebSocket version spoken here is 13',
      {},
      { upgrade: 'websocket', 'sec-websocket-version': '13' },
    );
  }
  const key = headers['sec-websocket-key']?.trim();
  if (key === undefined || !KEY.test(key)) {
    return errorAnswer('bad_request', 'sec-websocket-key is not 16 bytes in base64');
  }
  return undefined;
}

/** Fields that belong to an upgrade alone. */
const OF_UPGRADES: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/**
 * The head of a request as it was sent, without its wish: Java's client, for one, asks for HTTP/2 with the first request of every
 * plain connection, whatever its body, and goes on in HTTP/1.1 where nobody answers to that (RFC 9110 §7.8).
 */
export function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: SentHead): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [at(rawHeaders, i), at(rawHeaders, i + 1)];
    const field = name.toLowerCase();
    if (OF_UPGRADES.has(field)) continue;
    if (field !== 'connection') lines.push(`${name}: ${value}`);
    else {
      const rest = value.split(',').filter((token) => !OF_UPGRADES.has(token.trim().toLowerCase()));
      if (rest.length > 0) lines.push(`${name}: ${rest.join(',')}`);
    }
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
