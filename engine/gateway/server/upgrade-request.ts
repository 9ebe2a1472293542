/** Whether an upgrade is one to a WebSocket that can be made (RFC 6455 §4.2.1). */
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
