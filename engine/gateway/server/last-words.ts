/** What is said on a connection that is closed with it, written past node:http, which looks no more after it. */
import type { Duplex } from 'node:stream';
import { bytesOf, type HttpAnswer } from './http-message.ts';
import { STATUS_TEXT } from './server.ts';

/** For a refusal to be read. */
const LINGER_MS = 1_000;

export function lastWords(socket: Duplex, answer: HttpAnswer): void {
  const bytes = bytesOf(answer);
  const head = Object.entries({ ...answer.headers, connection: 'close', 'content-length': String(bytes.length) });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const status = `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status] ?? 'Refused'}\r\n`;
  // One whose peer stays would be there for ever.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('close', () => clearTimeout(timer));
  if (socket.writable) socket.end(Buffer.concat([Buffer.from(`${status}${lines}\r\n`), bytes]));
}
