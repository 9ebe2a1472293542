/**
 * Connections through an HTTP proxy, by CONNECT: the proxy is asked for the host by its name and sees neither request nor answer.
 * Certificates are verified through the tunnel as without one. Errors name the proxy's host, never its user or password.
 */
import { Agent as HttpAgent, request as httpRequest, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Millis } from '../../core/types.ts';

const TUNNEL_MS: Millis = 10_000;

/** Nothing of the request has left. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

interface Target {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

type Done = (error: Error | null, stream: Duplex) => void;

export class HttpTunnelAgent extends HttpAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(target: ClientRequestArgs, done?: Done): undefined {
    tunnel(this.#proxy, target).then(
      (socket) => done?.(null, socket),
      (error: unknown) => failed(error, done),
    );
    return undefined;
  }
}

export class HttpsTunnelAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions & ConnectionOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(target: RequestOptions, done?: Done): undefined {
    tunnel(this.#proxy, target).then(
      (socket) => {
        const { servername = target.host ?? '', ca, minVersion } = target; // a request names its host
        const trust = { ...(ca === undefined ? {} : { ca }), ...(minVersion === undefined ? {} : { minVersion }) };
        const secure = connectTls({ socket, servername, ...trust });
        const refuse = (error: unknown): void => failed(error, done);
        secure.once('error', refuse);
        secure.once('secureConnect', () => {
          secure.off('error', refuse);
          done?.(null, secure);
        });
      },
      (error: unknown) => failed(error, done),
    );
    return undefined;
  }
}

/** With a failure an agent takes no stream. */
function failed(error: unknown, done: Done | undefined): void {
  done?.(error instanceof Error ? error : new ProxyError('no connection'), new Socket());
}

function tunnel(proxy: URL, { host, port }: Target): Promise<Socket> {
  const name = `${host ?? ''}:${port ?? ''}`; // a request names both
  return new Promise((resolve, reject) => {
    const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const refuse = (why: string): void => reject(new ProxyError(`the proxy ${proxy.host} ${why}`));
    const request = ask({
      host: proxy.hostname,
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
      method: 'CONNECT',
      path: name,
      agent: false,
      timeout: TUNNEL_MS,
      headers: { host: name, ...credentials(proxy) },
    });
    request.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      refuse(statusCode === 407 ? 'asks for its user and password (407)' : `answers ${String(statusCode)}`);
    });
    request.once('response', ({ statusCode }) => {
      request.destroy();
      refuse(statusCode === 407 ? 'asks for its user and password (407)' : `answers ${String(statusCode)}`);
    });
    request.once('timeout', () => {
      request.destroy();
      refuse(`took longer than ${TUNNEL_MS / 1000} s`);
    });
    request.once('error', (error) => {
      refuse(`cannot be reached (${'code' in error ? String(error.code) : 'failed'})`);
    });
    request.end();
  });
}

function credentials({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}
