/** How a broker is reached: addresses, who we are there, and whose certificate is believed. */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  credsAuthenticator,
  nkeyAuthenticator,
  type Authenticator,
  type NodeConnectionOptions,
  type TlsOptions,
} from '@nats-io/transport-node';
import { credentialsText, nkeySeed, tlsTexts } from '../config/key-files.ts';
import type { JetStreamPlace } from './jetstream-api.ts';

/** What is needed to reach a broker; null: not used. Structurally part of the configuration's `nats`. */
export interface BrokerAddress {
  readonly servers: readonly string[];
  /** Path of a `.creds` file. */
  readonly credentials?: string | null;
  /** Path of a file that holds the seed of an nkey. */
  readonly nkey?: string | null;
  readonly user?: string | null;
  readonly password?: string | null;
  readonly token?: string | null;
  readonly jetstream?: JetStreamPlace;
  /** Paths of PEM files; present, as with an address `tls://…`: TLS is demanded. */
  readonly tls?: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null } | null;
}

/**
 * Bytes that gather before the client hands them to the socket within one step, an option that it does not document: with its own 32 KiB
 * a message of a kibibyte costs a quarter more, most of it in the kernel.
 */
const LARGER_WRITES = { pendingLimit: 128 * 1024 };

export function connectionOptions(address: BrokerAddress, name: string): NodeConnectionOptions {
  return {
    name,
    servers: [...address.servers],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 100,
    reconnectJitterTLS: 200,
    // The default of two minutes would leave a half-open connection unnoticed for as long.
    pingInterval: 2000,
    maxPingOut: 2,
    // An attempt that hangs in a cut network must not outlast its mending by much.
    timeout: 2000,
    // A broker that refuses us today may know us tomorrow (restored accounts): keep trying, red all the while.
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    ...LARGER_WRITES,
    ...authentication(address),
    ...(isTlsDemanded(address) ? { tls: tlsOptions(address.tls ?? NO_FILES) } : {}),
  };
}

function authentication(address: BrokerAddress): {
  authenticator?: Authenticator;
  user?: string;
  pass?: string;
  token?: string;
} {
  if (address.credentials != null) {
    return { authenticator: credsAuthenticator(new TextEncoder().encode(credentialsText(address.credentials))) };
  }
  if (address.nkey != null) return { authenticator: nkeyAuthenticator(nkeySeed(address.nkey)) };
  return {
    ...(address.user != null ? { user: address.user } : {}),
    ...(address.password != null ? { pass: address.password } : {}),
    ...(address.token != null ? { token: address.token } : {}),
  };
}

type Files = NonNullable<BrokerAddress['tls']>;
const NO_FILES: Files = { ca: null, cert: null, key: null };

const isTlsDemanded = ({ tls, servers }: BrokerAddress): boolean =>
  tls != null || servers.some((server) => /^tls:/i.test(server));

/** The client hands what it does not know on to node:tls. */
type Tls = TlsOptions & {
  readonly minVersion: 'TLSv1.2';
  readonly checkServerIdentity: typeof checkIdentity;
};

function tlsOptions(files: Files): Tls {
  // Fails now if they cannot be used; read again at each attempt, since certificates are replaced.
  tlsTexts(files);
  return {
    minVersion: 'TLSv1.2',
    checkServerIdentity: checkIdentity,
    ...(files.ca !== null ? { caFile: files.ca } : {}),
    ...(files.cert !== null ? { certFile: files.cert } : {}),
    ...(files.key !== null ? { keyFile: files.key } : {}),
  };
}

/**
 * A server reached by its IP address shows a certificate for that address. Node, given a socket that was connected to one, checks
 * for `localhost` instead. `this` is what node:tls was called with; without the socket in it the check stays node's.
 */
function checkIdentity(
  this: { readonly servername?: string; readonly socket?: { readonly remoteAddress?: string | undefined } } | undefined,
  host: string,
  certificate: PeerCertificate,
): Error | undefined {
  const isByAddress = (this?.servername ?? '') === ''; // the client says no name where it dialled an address
  const address = isByAddress ? this?.socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') : undefined;
  return checkServerIdentity(address ?? host, certificate);
}
