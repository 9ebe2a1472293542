/** Plain HTTP sent to the port of HTTPS is answered as such, with 400: a TLS server would close without a word that a person can read. */
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Millis } from '../../core/types.ts';
import { errorAnswer } from '../http/responses.ts';
import { lastWords } from './last-words.ts';

/** The first byte of every TLS connection: a record of the kind "handshake". */
const HANDSHAKE = 0x16;

/** `waitMs`: what somebody who says nothing is left with. */
export function answerPlain(server: TlsServer, waitMs: Millis): void {
  const secure = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const silent = setTimeout(() => socket.destroy(), waitMs);
    const hung = (): void => void socket.destroy();
    socket.on('error', hung);
    socket.once('close', () => clearTimeout(silent));
    socket.once('readable', () => {
      clearTimeout(silent);
      const first = socket.read(1) as Buffer | null;
      if (first === null) {
        socket.destroy();
        return;
      }
      if (first[0] === HANDSHAKE) {
        socket.unshift(first);
        socket.off('error', hung);
        for (const listener of secure) Reflect.apply(listener, server, [socket]);
        return;
      }
      socket.resume();
      lastWords(socket, errorAnswer('bad_request', 'this port speaks HTTPS: use an address that begins with https://'));
    });
  });
}
