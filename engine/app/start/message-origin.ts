/** What all messages out say of where they come from: the installation that is configured or kept, and where its schemas are. */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf } from '../../adapters/nats/jetstream-api.ts';
import { patiently, type PatienceOptions } from '../../adapters/nats/patiently.ts';
import { keptInstallation } from '../../adapters/streams/installation.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import type { Config } from '../config/config.ts';

/** Waits for the broker where the name is kept there. */
export async function messageOrigin(
  { installation, http }: Pick<Config, 'installation' | 'http'>,
  nc: NatsConnection,
  jsm: JetStreamManager,
  options: PatienceOptions,
): Promise<MessageOrigin> {
  const js = jetstreamOf(nc, { timeout: 5_000 });
  const name = installation ?? (await patiently(() => keptInstallation(js, jsm), options));
  return { source: `urn:earshot:${name}`, publicUrl: http.publicUrl };
}
