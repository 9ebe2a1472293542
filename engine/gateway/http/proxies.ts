/**
 * Requests that come through proxies: who asked, under which name and path, over TLS or not. What a proxy says of that
 * (X-Forwarded-For, -Proto, -Host, -Prefix) counts only where the peer's address is among those trusted: anybody may send it.
 */
import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '../../core/text/addresses.ts';
import type { HttpRequest } from '../server/http-message.ts';

export interface ProxiesOptions {
  /** Addresses and ranges: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
  readonly trusted: readonly string[];
  /** `/earshot`, or empty: where the gateway's own paths begin. */
  readonly basePath: string;
}

const PREFIX = /^(?:\/[\w.~-]+)+$/;
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** An address or a range of them. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** `/earshot/board`: plain segments, no slash at the end. */
export function isBasePath(text: string): boolean {
  return PREFIX.test(text) && !text.split('/').some((segment) => segment === '.' || segment === '..');
}

/** Whether a proxy says, trusted or not, that this comes from another machine than ours. */
export function isForwardedForOthers({ headers, remote }: HttpRequest): boolean {
  const said = [remote, ...(headers['x-forwarded-for']?.split(',') ?? []), headers['x-real-ip'] ?? '']; // not said
  return said
    .map((address) => plainAddress(withoutPort(address.trim())))
    .some((address) => isIP(address) !== 0 && !isLoopbackHost(address));
}

export class Proxies {
  readonly #trusted = new BlockList();
  readonly #basePath: string;

  constructor({ trusted, basePath }: ProxiesOptions) {
    for (const range of trusted) {
      const [address = '', bits] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(bits), family);
    }
    this.#basePath = basePath;
  }

  /** The request as its sender made it; its path without the base path, empty where it names that alone. */
  original(request: HttpRequest): HttpRequest {
    const { headers } = request;
    const peer = plainAddress(request.remote);
    const seen = this.#isTrusted(peer)
      ? this.#forwarded(request, peer)
      : { ...request, remote: peer, base: this.#basePath };
    return { ...seen, path: this.#within(request.path, seen.base), headers: { ...headers, ...seen.headers } };
  }

  #forwarded(request: HttpRequest, peer: string): HttpRequest {
    const { headers } = request;
    const { address, hops } = this.#sender(headers['x-forwarded-for'], peer);
    const proto = saidBy(headers['x-forwarded-proto'], hops)?.toLowerCase();
    const host = saidBy(headers['x-forwarded-host'], hops);
    const prefix = saidBy(headers['x-forwarded-prefix'], hops)?.replace(/\/$/, '');
    return {
      ...request,
      remote: address,
      secure: proto === 'https' || proto === 'wss' ? true : proto === undefined ? request.secure : false,
      headers: host !== undefined && HOST.test(host) ? { ...headers, host } : headers,
      base: prefix !== undefined && isBasePath(prefix) ? prefix : this.#basePath,
    };
  }

  /** The nearest address that is no trusted proxy; the furthest, where all are. How many proxies stand between. */
  #sender(forwardedFor: string | undefined, peer: string): { readonly address: string; readonly hops: number } {
    let [address, hops] = [peer, 1];
    for (const said of (forwardedFor?.split(',') ?? []).reverse()) {
      const next = plainAddress(withoutPort(said.trim()));
      // What is no address was not written by a proxy: nothing before it counts.
      if (isIP(next) === 0) break;
      address = next;
      if (!this.#isTrusted(next)) break;
      hops += 1;
    }
    return { address, hops };
  }

  #within(path: string, base: string): string {
    for (const prefix of new Set([base, this.#basePath])) {
      if (prefix === '') continue;
      if (path === prefix) return '';
      if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length);
    }
    return path;
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Of a list to which each proxy adds, what the outermost trusted one said; of one that each writes again, its only entry. */
function saidBy(header: string | undefined, hops: number): string | undefined {
  const all = header?.split(',').map((entry) => entry.trim());
  return all?.[Math.max(0, all.length - hops)];
}

/** An IPv4 address that came over an IPv6 socket is that IPv4 address. */
function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function withoutPort(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}
