/** The audit of a live engine: proven whole before anything is added to it, and watched while it runs. */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf } from '../../adapters/nats/jetstream-api.ts';
import { AuditWriter, type ChainRules } from '../../adapters/audit/audit-writer.ts';
import { jetstreamCommits } from '../../adapters/commits/jetstream-commits.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import { AUDIT_STREAM } from '../../adapters/streams/streams.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import { EngineError } from '../../core/errors.ts';
import type { JsonObject, Logger } from '../../core/types.ts';
import {
  AUDIT_OPERATOR,
  chained,
  headOf,
  NO_HEAD,
  savedHead,
  type AuditHead,
  type ChainedEntry,
} from '../../../operators/audit/audit-chain.ts';
import {
  ChainVerifier,
  type AuditFault,
  type AuditProof,
  type CommittedChain,
  type CommittedChains,
} from '../../../operators/audit/verify-chain.ts';
import { COMBINING_PARTITION } from '../partitions.ts';

export type GatewayWriter = AuditWriter<AuditHead & JsonObject, ChainedEntry & JsonObject>;

const RULES: ChainRules<AuditHead & JsonObject, ChainedEntry & JsonObject> = {
  none: { ...NO_HEAD },
  link: (head, record) => {
    const entry = { ...chained('gateway', head, record) };
    return { head: { ...headOf(entry) }, entry };
  },
};

export function gatewayWriter(nc: NatsConnection, jsm: JetStreamManager, origin: MessageOrigin): GatewayWriter {
  return new AuditWriter(jetstreamOf(nc, { timeout: 5_000 }), jsm, RULES, origin);
}

/** Reads all of it. `engine`: where the engine's chain stands. */
export async function proveAudit(
  nc: NatsConnection,
  writer: GatewayWriter,
  partitions: number,
  logger: Logger,
  signal: AbortSignal,
): Promise<{ readonly proof: AuditProof; readonly engine: AuditHead }> {
  const committed = async (): Promise<CommittedChains> => ({
    engine: await engineChain(nc, partitions, logger, signal),
    gateway: await writer.committed(),
  });
  const before = await committed();
  const verifier = new ChainVerifier(systemClock.now());
  await readToEnd(nc, { stream: AUDIT_STREAM, after: 0, logger }, signal, (batch) => {
    for (const { seq, data } of batch) verifier.take({ streamSeq: seq, data: parsed(data) });
    return undefined;
  });
  const after = await committed();
  return { proof: verifier.proof(before, after), engine: (after.engine ?? { head: NO_HEAD }).head };
}

/** Throws EngineError STATE_LOST or AUDIT_BROKEN for what may not be gone on from silently. */
export function refuseBroken(fault: AuditFault): never {
  const where = faultText(fault);
  if (fault.isStateLost) throw new EngineError('STATE_LOST', ['audit', where]);
  throw new EngineError('AUDIT_BROKEN', [where]);
}

/** `entry 12 of the gateway (message 14): it was changed …` */
export function faultText({ chain, seq, streamSeq, fault }: AuditFault): string {
  const which = seq === null ? 'an entry' : `entry ${String(seq)}`;
  const whose = chain === null ? '' : ` of the ${chain}'s chain`;
  return `${which}${whose}${streamSeq === null ? '' : ` (message ${String(streamSeq)} of ${AUDIT_STREAM})`}: ${fault}`;
}

async function engineChain(
  nc: NatsConnection,
  partitions: number,
  logger: Logger,
  signal: AbortSignal,
): Promise<CommittedChain | null> {
  const commits = jetstreamCommits(nc, { logger });
  try {
    const { last, saved } = await commits.open(partitions === 1 ? 0 : COMBINING_PARTITION, signal);
    if (last === undefined) return null;
    const pending = last.outbox.filter(({ subject }) => subject === 'cx.audit').map(({ data }) => data);
    return { head: savedHead(saved[AUDIT_OPERATOR]), pending: pending as unknown as readonly ChainedEntry[] };
  } finally {
    commits.close();
  }
}

/** What is no JSON object is no entry of ours. */
function parsed(data: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}
