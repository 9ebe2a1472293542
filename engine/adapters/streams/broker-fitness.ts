/** What a broker must take for an engine to work with it, and what its limits leave for events and dead letters. */
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { isOlder } from './server-version.ts';

const KIB = 1024;
/** A server that says nothing of it. */
const USUAL_PAYLOAD = 1024 * KIB;
/** The largest output that cannot be cut: an alert with its quotes. State is cut to what the broker takes. */
export const LEAST_PAYLOAD = 16 * KIB;
/** What partitions report to the one that combines them leaves at 256 KiB, in base64. */
const LEAST_PAYLOAD_OF_SEVERAL = 512 * KIB;
/** For what surrounds an event on its way out: what enriches it, headers. */
const MOST_AROUND = 64 * KIB;
/** Servers of this series and later still get fixes. */
const MAINTAINED = [2, 10, 0] as const;

export function maxPayloadOf(nc: NatsConnection): number {
  return nc.info?.max_payload ?? USUAL_PAYLOAD;
}

/** Throws EngineError PAYLOAD_TOO_SMALL where messages would not fit that an engine must write. */
export function requirePayload(maxPayload: number, partitions: number): void {
  const least = partitions === 1 ? LEAST_PAYLOAD : LEAST_PAYLOAD_OF_SEVERAL;
  if (maxPayload >= least) return;
  const whose = partitions === 1 ? '' : ' by several partitions';
  throw new EngineError('PAYLOAD_TOO_SMALL', [maxPayload, `${String(least)}${whose}`]);
}

/** Said once, as what it is: nothing is wrong yet. */
export function noteOldServer(version: string | undefined, isOurs: boolean, logger: Logger): void {
  if (version === undefined || !isOlder(version, MAINTAINED)) return;
  const said =
    'this nats-server is of a series that gets no fixes any more: 2.10 or later is better, and needs no other change';
  if (isOurs) logger.info(said, { version });
  else logger.warn(said, { version });
}

const around = (maxPayload: number): number => Math.min(MOST_AROUND, maxPayload / 4);

/** The largest event of which the enriched form fits as well; `wanted` where that is less. */
export function largestEvent(maxPayload: number, wanted: number): number {
  return Math.min(wanted, Math.floor(maxPayload - around(maxPayload)));
}

/** How much of a rejected message a dead letter keeps: it goes out as base64 with what is said of it, and still fits. */
export function rejectBytes(maxPayload: number): number {
  return Math.floor((maxPayload - around(maxPayload)) * 0.7);
}
