/** What the engine has once it is connected: handed to the gateway's ports. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import type { InputGate } from '../../adapters/nats/input-gate.ts';
import type { LatestValues } from '../../adapters/scoring/latest-values.ts';
import type { RetentionReport } from '../../adapters/streams/stream-retention.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import type { Family } from '../../core/metrics.ts';
import type { BoardStanding } from '../hooks/answers/answered-message.ts';
import type { LinkSources } from '../hooks/answers/notice-links.ts';
import type { RunningHooks } from '../hooks/thread/run-hook-thread.ts';
import type { Scoring } from '../open-models.ts';
import type { SharingInstance } from '../../runtime/sharing/sharing.ts';
import type { GatewayWriter } from './audit-proof.ts';

/** What is there once the broker is reached and the models are warm. */
export interface Connected {
  readonly nc: NatsConnection;
  readonly gate: InputGate;
  readonly scoring: Scoring | null;
  readonly drift: LatestValues;
  /** How much of their limits the streams use. */
  readonly retention: () => readonly RetentionReport[];
  /** When the event loop is handed over. */
  readonly maybeYield: () => Promise<void> | undefined;
  readonly keys: EngineKeys;
  /** Of messages out. */
  readonly origin: MessageOrigin;
  /** Of the broker. */
  readonly maxPayload: number;
  readonly auditWriter: GatewayWriter;
  readonly standing: BoardStanding;
  /** What notices link to. */
  readonly links: LinkSources;
  /** null: none is configured. */
  readonly hooks: RunningHooks | null;
  /** What joins facts counts, and how threads of partitions do. */
  readonly counted: () => readonly Family[];
  /** Those that share the partitions; none: they do not. */
  readonly instances: () => readonly SharingInstance[];
}
