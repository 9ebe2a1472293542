/**
 * One request to somebody else's server, bounded in time and size: redirects are not followed, certificates are verified (TLS 1.2
 * at least), the address is checked when it is connected to. Errors name the host, never the address, which may be a secret.
 */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { must } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import { AddressGuard, PrivateAddressError, type Resolver } from './address-guard.ts';
import { HttpsTunnelAgent, HttpTunnelAgent, ProxyError } from './proxy-tunnel.ts';

const MOST_BODY = 64 * 1024;
const TOTAL_MS = 15_000;
/** To one server: as many as notices of a hook are under way. */
const MOST_SOCKETS = 32;

export interface OutgoingOptions {
  readonly allow: readonly string[];
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly ca: string | null;
  /** An HTTP proxy through which everything goes; null: none, whatever the environment says. */
  readonly proxy?: string | null;
  /** From the call to the end of the answer. */
  readonly totalMs?: Millis;
  /** Bytes of an answer that are read. */
  readonly mostBody?: number;
  /** Of names to addresses; the system's unless given. */
  readonly resolver?: Resolver;
}

export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: string;
}

export type HttpFailure =
  /** Nothing of the request arrived. */
  | {
      readonly kind: 'refused';
      readonly reason: 'network' | 'tls' | 'timeout' | 'private_address' | 'proxy';
      readonly hint: string;
    }
  /** It may have arrived. */
  | { readonly kind: 'unknown'; readonly reason: 'network' | 'timeout'; readonly hint: string };

export type HttpResult = { readonly kind: 'answer'; readonly answer: HttpAnswer } | HttpFailure;

/** Connections are kept for the next request to the same server. */
export class OutgoingHttp {
  readonly #guard: AddressGuard;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #isTunnelled: boolean;
  readonly #totalMs: Millis;
  readonly #mostBody: number;

  constructor({ allow, ca, proxy = null, totalMs = TOTAL_MS, mostBody = MOST_BODY, resolver }: OutgoingOptions) {
    this.#guard = new AddressGuard(allow, resolver);
    this.#totalMs = totalMs;
    this.#mostBody = mostBody;
    const kept = { keepAlive: true, maxSockets: MOST_SOCKETS, lookup: this.#guard.lookup };
    const tls = { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca: [...rootCertificates, ca] }) } as const;
    this.#isTunnelled = proxy !== null;
    this.#http = proxy === null ? new HttpAgent(kept) : new HttpTunnelAgent(new URL(proxy), kept);
    this.#https =
      proxy === null ? new HttpsAgent({ ...kept, ...tls }) : new HttpsTunnelAgent(new URL(proxy), { ...kept, ...tls });
  }

  /** Never rejects. */
  post(address: string, headers: Readonly<Record<string, string>>, body: string): Promise<HttpResult> {
    return this.#ask('POST', address, { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body);
  }

  /** Never rejects. */
  get(address: string, headers: Readonly<Record<string, string>>): Promise<HttpResult> {
    return this.#ask('GET', address, headers, '');
  }

  async #ask(
    method: 'GET' | 'POST',
    address: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<HttpResult> {
    const url = new URL(address);
    try {
      this.#guard.checkHost(url.hostname);
      // The proxy resolves the name: what is known of it here is checked all the same.
      if (this.#isTunnelled) await this.#guard.checkName(url.hostname);
    } catch (error) {
      return failureOf(error, url.host, false);
    }
    return new Promise((resolve) => {
      const isTls = url.protocol === 'https:';
      const options = { method, headers: { ...headers, 'user-agent': 'Earshot' } };
      const request = isTls
        ? httpsRequest(url, { ...options, agent: this.#https })
        : httpRequest(url, { ...options, agent: this.#http });
      this.#converse(request, url.host, body, resolve);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #converse(request: ClientRequest, host: string, body: string, resolve: (result: HttpResult) => void): void {
    let wasSent = false;
    const timer = setTimeout(() => {
      resolve({
        kind: wasSent ? 'unknown' : 'refused',
        reason: 'timeout',
        hint: `${host} took longer than ${this.#totalMs / 1000} s`,
      });
      request.destroy();
    }, this.#totalMs);
    const end = (result: HttpResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    request.on('error', (error) => end(failureOf(error, host, wasSent)));
    request.on('response', (response) => {
      void readAnswer(response, this.#mostBody).then(
        (answer) => end({ kind: 'answer', answer }),
        (error: unknown) => end(failureOf(error, host, true)),
      );
    });
    // Nobody has asked for another protocol; without this the whole time would pass.
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      end({ kind: 'unknown', reason: 'network', hint: `${host} changes to another protocol (101)` });
    });
    // The first byte leaves when the connection, its address and its certificate were found good.
    request.on('socket', (socket) => {
      const send = (): void => {
        wasSent = true;
        request.end(body);
      };
      if (!socket.connecting) send();
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', send);
    });
  }
}

async function readAnswer(response: IncomingMessage, mostBody: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBody) break; // leaving the loop destroys the rest
  }
  const { headers, statusCode } = response;
  return {
    status: must(statusCode, 'the status of an answer'),
    header: (name) => headers[name]?.toString() ?? null,
    body: Buffer.concat(chunks).subarray(0, mostBody).toString('utf8'),
  };
}

function failureOf(error: unknown, host: string, wasSent: boolean): HttpFailure {
  if (error instanceof ProxyError) return { kind: 'refused', reason: 'proxy', hint: error.message };
  if (error instanceof PrivateAddressError) return { kind: 'refused', reason: 'private_address', hint: error.message };
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  if (!wasSent && /CERT|TLS|SSL|SELF_SIGNED|ALTNAME|UNABLE_TO|EPROTO/.test(code)) {
    return { kind: 'refused', reason: 'tls', hint: `the certificate or TLS of ${host} is not accepted (${code})` };
  }
  return { kind: wasSent ? 'unknown' : 'refused', reason: 'network', hint: `${host} cannot be reached (${code})` };
}
