/** Sharing the partitions with the other instances on the broker, where that is configured. */
import type { NatsConnection } from '@nats-io/transport-node';
import { nuid } from '@nats-io/transport-node';
import { thisHolder } from '../../adapters/leases/lease-holder.ts';
import { jetstreamSharing } from '../../adapters/leases/sharing-port.ts';
import { revokedSessions, type RevokedSessionsOptions } from '../../adapters/sessions/revoked-sessions.ts';
import { natsMirrorLine } from '../../adapters/nats/mirror-line.ts';
import { systemClock, systemRandom } from '../../adapters/process/system-clock.ts';
import { single, type Family } from '../../core/metrics.ts';
import type { Doubt } from '../../core/partition/doubt.ts';
import type { Logger } from '../../core/types.ts';
import type { SharedSessions } from '../../gateway/gateway.ts';
import { Sharing, type SharingInstance } from '../../runtime/sharing/sharing.ts';
import type { Config } from '../config/config.ts';
import { sharingMark } from '../config/config-fingerprints.ts';
import { instanceDegradations } from '../degradations.ts';
import type { EngineHealth } from '../health.ts';
import { ownerName, partitionNumbers } from '../partitions.ts';
import { BoardMirror, type BoardMirrorOptions } from './board-mirror.ts';
import type { Closers } from './closers.ts';

export interface Shared {
  /** null: each partition runs where its lease is. */
  readonly sharing: Sharing | null;
  /** Boards of all show the same. */
  readonly mirror: BoardMirror | null;
  readonly families: () => readonly Family[];
  readonly instances: () => readonly SharingInstance[];
  /** It computes by this configuration from now on. */
  readonly configured: (config: Config) => void;
}

/** It takes part from now on. */
export function joinSharing(
  config: Config,
  nc: NatsConnection,
  { doubt, board, hub, health, sessions, maskKey, logger }: SharedParts,
  closers: Closers,
): Shared {
  if (doubt === null)
    return { sharing: null, mirror: null, families: () => [], instances: () => [], configured: () => undefined };
  const id = nuid.next();
  const current = { mark: sharingMark(config, maskKey) };
  const sharing = new Sharing({
    id,
    holder: JSON.stringify(thisHolder(ownerName())),
    items: partitionNumbers(config),
    port: jetstreamSharing(nc, { replicas: config.nats.replicas }),
    mark: () => current.mark,
    clock: systemClock,
    random: systemRandom,
    logger,
    onDoubt: () => doubt.note(),
  });
  health.shares();
  health.watches(() => {
    const { trouble } = sharing.report();
    return trouble === null ? undefined : `who runs which partition cannot be agreed on: ${trouble}`;
  });
  health.degrades(() => instanceDegradations(sharing.report().instances));
  closers.add(() => sharing.close());
  const generation = (): number => sharing.report().generation;
  const line = natsMirrorLine(nc, logger);
  const mirror = new BoardMirror({ id, line, board, hub, generation, elapsed: systemClock.elapsed, logger });
  closers.add(() => mirror.close());
  shareRevoked(nc, sessions, { replicas: config.nats.replicas, logger }, closers);
  const instances = (): readonly SharingInstance[] => sharing.report().instances;
  const configured = (next: Config): void => {
    current.mark = sharingMark(next, maskKey);
    sharing.remarked();
  };
  return { sharing, mirror, families: () => sharingFamilies(sharing), instances, configured };
}

/** Who is let in nowhere any more. */
function shareRevoked(
  nc: NatsConnection,
  sessions: SharedSessions,
  options: Pick<RevokedSessionsOptions, 'replicas' | 'logger'>,
  closers: Closers,
): void {
  const ending = new AbortController();
  const revoked = revokedSessions(nc, {
    ...{ ...options, signal: ending.signal },
    onRevoked: (id) => sessions.bar(id),
  });
  sessions.spread((id) => revoked.note(id));
  closers.add(() => {
    ending.abort(new Error('stopping'));
    return revoked.done;
  });
}

interface SharedParts extends Pick<BoardMirrorOptions, 'board' | 'hub'> {
  readonly doubt: Doubt | null;
  readonly health: EngineHealth;
  readonly sessions: SharedSessions;
  /** Of pseudonyms. */
  readonly maskKey: string;
  readonly logger: Logger;
}

function sharingFamilies(sharing: Sharing): readonly Family[] {
  const { instances, written } = sharing.report();
  const held = instances.find(({ isThis }) => isThis)?.partitions.length ?? 0; // it is not heard yet
  return [
    single(
      'earshot_sharing_instances',
      'gauge',
      'Instances that share the partitions, as this one hears them.',
      instances.length,
    ),
    single(
      'earshot_sharing_partitions',
      'gauge',
      'Partitions that this instance runs, the combining one among them.',
      held,
    ),
    single(
      'earshot_sharing_tables_total',
      'counter',
      'How often this instance has shared the partitions out again.',
      written,
    ),
  ];
}
