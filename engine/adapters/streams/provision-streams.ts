/** How the streams come to be (streams.ts): made, changed to what is configured, or refused; whatever the broker's state is. */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  type StreamConfig,
  type StreamInfo,
  StorageType,
} from '@nats-io/jetstream';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { isNoSpace } from '../nats/nats-error-text.ts';
import { patiently } from '../nats/patiently.ts';
import { isOlder } from './server-version.ts';
import { AUDIT_STREAM, STATE_STREAM, streamPlans, type StreamPlan, type StreamSettings } from './streams.ts';

/** Consumers are made under a name of their own, as from this version on. */
const OLDEST = [2, 9, 0] as const;

/**
 * Makes what is missing, changes what may be changed, checks the rest. Idempotent. Throws EngineError STREAM_MISMATCH, and
 * STREAM_TOO_SMALL before anything is lost to a smaller size; a shorter age deletes what is older, which is what it asks for.
 */
export async function provisionStreams(
  jsm: JetStreamManager,
  settings: StreamSettings,
  logger: Logger,
  options: {
    /** Of the server, as it is connected now. */
    readonly version?: () => string | undefined;
    readonly signal?: AbortSignal;
    /** Called with the reason after each failed attempt. */
    readonly onFailure?: (reason: string) => void;
  } = {},
): Promise<readonly StreamPlan[]> {
  const version = (): string => options.version?.() ?? '';
  const serverVersion = version();
  if (settings.replicas > 1 && isOlder(serverVersion, [2, 9, 21])) {
    const why = `${String(settings.replicas)} replicas need nats-server 2.9.21 or later (it is ${serverVersion}): before, two writers could both pass the check that keeps a partition's commits in one chain`;
    throw new EngineError('STREAM_MISMATCH', [STATE_STREAM, why]);
  }
  const plans = streamPlans(settings);
  for (const plan of plans) {
    const provide = (): Promise<StreamInfo> => {
      if (version() !== '' && isOlder(version(), OLDEST))
        throw new Error(`nats-server ${version()} is too old: ${OLDEST.join('.')} or later is needed`);
      return provisionStream(jsm, plan, settings.replicas, logger);
    };
    await patiently(provide, { logger, signal: options.signal, onFailure: options.onFailure });
  }
  return plans;
}

export async function provisionStream(
  jsm: JetStreamManager,
  plan: StreamPlan,
  replicas: number,
  logger: Logger,
): Promise<StreamInfo> {
  const wanted = streamConfig(plan, replicas);
  let info = await infoOf(jsm, plan.name);
  try {
    let isMade = false;
    if (info === undefined) {
      [info, isMade] = await make(jsm, wanted);
      if (isMade) logger.info('stream made', { stream: plan.name, maxBytes: plan.maxBytes, maxAgeMs: plan.maxAgeMs });
    }
    if (!isMade) {
      const changed = changesTo(info, plan, wanted);
      if (changed !== undefined) {
        info = await jsm.streams.update(plan.name, changed);
        logger.info('stream changed', { stream: plan.name, maxBytes: changed.max_bytes });
      }
    }
  } catch (error) {
    // Anything but a refusal is a broker that is not ready: not a matter of settings.
    if (!(error instanceof JetStreamApiError) || error.status === 503) throw error;
    const code = isNoSpace(error) ? 'STREAM_REFUSED' : 'STREAM_MISMATCH';
    throw new EngineError(code, [plan.name, reasonOf(error)], { cause: error });
  }
  // An older server drops fields it does not know without a word.
  checkRelied(info.config, wanted);
  return info;
}

/** False: another engine, started at the same moment, made it in between; the broker refuses ours as overlapping with it. */
async function make(jsm: JetStreamManager, wanted: WantedConfig): Promise<[StreamInfo, boolean]> {
  try {
    return [await jsm.streams.add(wanted), true];
  } catch (error) {
    const info = await infoOf(jsm, wanted.name);
    if (info === undefined) throw error;
    return [info, false];
  }
}

type WantedConfig = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage' | 'discard' | 'num_replicas'> &
  Pick<StreamConfig, 'max_bytes' | 'max_age' | 'duplicate_window' | 'allow_rollup_hdrs' | 'deny_purge' | 'deny_delete'>;

function streamConfig(plan: StreamPlan, replicas: number): WantedConfig {
  return {
    name: plan.name,
    subjects: [...plan.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    num_replicas: replicas,
    max_bytes: plan.maxBytes,
    max_age: nanos(plan.maxAgeMs),
    duplicate_window: nanos(
      plan.maxAgeMs === 0 ? plan.duplicateWindowMs : Math.min(plan.duplicateWindowMs, plan.maxAgeMs),
    ),
    allow_rollup_hdrs: plan.name === STATE_STREAM,
    // Who did what is only ever added to: the broker itself refuses to take any of it away.
    deny_purge: plan.name === AUDIT_STREAM,
    deny_delete: plan.name === AUDIT_STREAM,
  };
}

/** The configuration to change to; undefined: it fits. */
function changesTo(info: StreamInfo, plan: StreamPlan, wanted: WantedConfig): StreamConfig | undefined {
  const has = info.config;
  if (has.storage !== wanted.storage) throw mismatch(plan.name, 'storage', has.storage, wanted.storage);
  if (has.retention !== wanted.retention) throw mismatch(plan.name, 'retention', has.retention, wanted.retention);
  // Limits that nobody chose never shrink a stream that somebody has made larger.
  const isUnlimited = has.max_bytes < 0;
  const maxBytes =
    plan.isChosen || (!isUnlimited && has.max_bytes < wanted.max_bytes) ? wanted.max_bytes : has.max_bytes;
  const maxAge =
    plan.isChosen || (has.max_age !== 0 && (wanted.max_age === 0 || has.max_age < wanted.max_age))
      ? wanted.max_age
      : has.max_age;
  // `discard: new` does not keep the server from deleting the oldest when a limit is lowered (seen on 2.9.10).
  if (maxBytes >= 0 && maxBytes < info.state.bytes) {
    throw new EngineError('STREAM_TOO_SMALL', [plan.name, info.state.bytes, maxBytes]);
  }
  const isSame =
    has.discard === wanted.discard &&
    has.num_replicas === wanted.num_replicas &&
    has.max_bytes === maxBytes &&
    has.max_age === maxAge &&
    has.duplicate_window === wanted.duplicate_window &&
    (has.allow_rollup_hdrs || !wanted.allow_rollup_hdrs) &&
    has.deny_purge === wanted.deny_purge &&
    (has.deny_delete || !wanted.deny_delete) &&
    [...has.subjects].sort().join() === [...wanted.subjects].sort().join();
  return isSame ? undefined : { ...has, ...wanted, max_bytes: maxBytes, max_age: maxAge };
}

function checkRelied(has: StreamConfig, wanted: WantedConfig): void {
  for (const field of ['storage', 'retention', 'discard', 'num_replicas', 'duplicate_window'] as const) {
    if (has[field] !== wanted[field]) throw mismatch(wanted.name, field, has[field], wanted[field]);
  }
  if (wanted.allow_rollup_hdrs && !has.allow_rollup_hdrs) throw mismatch(wanted.name, 'allow_rollup_hdrs', false, true);
  if (has.deny_purge !== wanted.deny_purge) {
    throw mismatch(wanted.name, 'deny_purge', has.deny_purge, wanted.deny_purge);
  }
  if (wanted.deny_delete && !has.deny_delete) throw mismatch(wanted.name, 'deny_delete', false, true);
  if (has.max_msgs > 0) throw mismatch(wanted.name, 'max_msgs', has.max_msgs, -1);
  for (const subject of wanted.subjects) {
    if (!has.subjects.includes(subject)) throw mismatch(wanted.name, 'subjects', has.subjects.join(' '), subject);
  }
}

function mismatch(
  stream: string,
  field: string,
  has: string | number | boolean,
  wanted: string | number | boolean,
): EngineError {
  return new EngineError('STREAM_MISMATCH', [stream, `${field} is ${String(has)}, not ${String(wanted)}`]);
}

export async function infoOf(jsm: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(stream);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

function nanos(ms: number): number {
  return ms * 1_000_000;
}
