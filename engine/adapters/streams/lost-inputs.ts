/**
 * Input streams that are gone when an engine starts, though saved state says how far they were read: deleted, or lost with the
 * disk. What they held and nobody had read is lost, which is said; the stream is made again so that its numbers go on after what was
 * read, since positions and the ids of outputs follow from them. Whatever is published meanwhile is kept: while its numbers are
 * set, the stream takes nothing, and setting them removes no message that comes after.
 */
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { EngineError } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { infoOf, provisionStream } from './provision-streams.ts';
import { STATE_STREAM, type StreamPlan } from './streams.ts';

export interface ReadInput {
  readonly plan: StreamPlan;
  /** How far it was read, as saved state says; 0: not at all. Asked for only where the stream has never held anything. */
  readonly position: () => Promise<number>;
}

export interface LostInputsOptions {
  readonly replicas: number;
  readonly logger: Logger;
}

/** Before the streams are provisioned. Idempotent, and several engines may do it at the same time. */
export async function renewLostInputs(
  jsm: JetStreamManager,
  inputs: readonly ReadInput[],
  options: LostInputsOptions,
): Promise<void> {
  // Nothing was ever saved: this is a first start.
  if ((await infoOf(jsm, STATE_STREAM)) === undefined) return;
  for (const input of inputs) await renew(jsm, input, options);
}

async function renew(
  jsm: JetStreamManager,
  { plan, position }: ReadInput,
  { replicas, logger }: LostInputsOptions,
): Promise<void> {
  const found = await infoOf(jsm, plan.name);
  if (found !== undefined && found.state.last_seq > 0) return;
  const read = await position();
  if (read === 0) return;
  const closed = await provisionStream(jsm, { ...plan, subjects: [closedSubject(plan.name)] }, replicas, logger);
  // Something came before it was closed: it is opened again as it is, and whoever reads it says what that means.
  if (closed.state.last_seq === 0) await jsm.streams.purge(plan.name, { seq: read + 1 });
  const renewed = await provisionStream(jsm, plan, replicas, logger);
  if (closed.state.last_seq > 0) return;
  requireSequence(renewed, read);
  logger.error('an input stream was lost: what it held and nobody had read is lost with it, and it goes on empty', {
    stream: plan.name,
    read,
  });
}

/** Nobody publishes on it. */
function closedSubject(stream: string): string {
  return `earshot.renewed.${stream}`;
}

function requireSequence({ config, state }: StreamInfo, read: number): void {
  if (state.last_seq >= read) return;
  throw new EngineError('STREAM_RECREATED', [config.name, state.last_seq, read]);
}
