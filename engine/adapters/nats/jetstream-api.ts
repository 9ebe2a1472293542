/** Where a connection's JetStream is: the account's own, one of a domain, or one that another account exports under a prefix. */
import {
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
  type JetStreamOptions,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** null: not given. At most one of them is. */
export interface JetStreamPlace {
  readonly domain: string | null;
  readonly apiPrefix: string | null;
}

const OWN = '$JS.API';
const prefixes = new WeakMap<NatsConnection, string>();

/** From here on all that is asked of JetStream over this connection is asked there. */
export function placeJetstream(nc: NatsConnection, { domain, apiPrefix }: JetStreamPlace): void {
  prefixes.set(nc, apiPrefix ?? (domain === null ? OWN : `$JS.${domain}.API`));
}

/** What requests to JetStream begin with. */
export function apiPrefixOf(nc: NatsConnection): string {
  return prefixes.get(nc) ?? OWN; // a connection that somebody else made
}

export function jetstreamOf(nc: NatsConnection, options: Pick<JetStreamOptions, 'timeout'> = {}): JetStreamClient {
  return jetstream(nc, { ...options, apiPrefix: apiPrefixOf(nc) });
}

/** Asks nothing yet: whether JetStream is there, the first request tells. */
export function managerOf(
  nc: NatsConnection,
  options: Pick<JetStreamOptions, 'timeout'> = {},
): Promise<JetStreamManager> {
  return jetstreamManager(nc, { ...options, apiPrefix: apiPrefixOf(nc), checkAPI: false });
}
