/** Chooses the server: uWebSockets.js where its binary loads and no TLS is asked for, node:http and ws elsewhere. */
import type { ServerOptions, WebServer } from './server.ts';
import { loadUws, openUwsServer } from './uws-server.ts';
import { openWsServer } from './ws-server.ts';

export async function openServer(options: ServerOptions, kind: 'auto' | 'uws' | 'ws' = 'auto'): Promise<WebServer> {
  const uws = kind === 'ws' || options.tls ? undefined : loadUws();
  return uws === undefined ? openWsServer(options) : openUwsServer(uws, options);
}
