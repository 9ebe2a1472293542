/** The server that `http.server` asks for, or the other with a word in the log why. */
import type * as Uws from 'uWebSockets.js';
import type { Logger } from '../../core/types.ts';
import type { ServerKind, ServerOptions, WebServer } from './server.ts';
import { loadUws, openUwsServer } from './uws/uws-server.ts';
import { openWebServer } from './web-server.ts';

export interface ServerChoice {
  readonly wanted: ServerKind;
  /** The configuration says so: two readers of a request may part, where uWebSockets.js is the second. */
  readonly isProxied?: boolean;
  readonly log: Pick<Logger, 'warn'>;
  /** For tests. */
  readonly load?: () => typeof Uws | undefined;
}

/** Throws EngineError LISTEN_FAILED. */
export async function openServer(
  options: ServerOptions,
  { wanted, isProxied = false, log, load = loadUws }: ServerChoice,
): Promise<WebServer> {
  if (wanted === 'ws') return openWebServer(options);
  const instead = (hint: string): Promise<WebServer> => {
    log.warn('http.server: uws is not used, ws serves instead', { hint });
    return openWebServer(options);
  };
  if (options.tls) return instead('uWebSockets.js serves without TLS here: leave out http.tls or http.server');
  if (isProxied) {
    return instead(
      'uWebSockets.js is for direct connections: leave out http.trusted_proxies and http.base_path, or http.server',
    );
  }
  const uws = load();
  if (uws !== undefined) return openUwsServer(uws, options);
  return instead(
    `no uWebSockets.js loads on ${process.platform} ${process.arch} with Node.js ${process.versions.node}: install the optional packages, or leave out http.server`,
  );
}
