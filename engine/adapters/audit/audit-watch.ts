/** The stream of the audit while the engine runs: what cuts it, or lets it be cut, turns the health red. */
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { AUDIT_STREAM } from '../streams/streams.ts';

const EVERY_MS = 15_000;
const LEAST_AGE_NS = 1096 * 86_400_000 * 1_000_000;

export class AuditWatch {
  readonly #jsm: JetStreamManager;
  readonly #logger: Logger;
  #before: StreamInfo | undefined;
  #lost: string | undefined;
  #loose: string | undefined;
  #said: string | undefined;

  constructor(jsm: JetStreamManager, logger: Logger) {
    this.#jsm = jsm;
    this.#logger = logger;
  }

  /** Why the audit is not what it was, or not safe; undefined: it is. */
  fault(): string | undefined {
    return this.#lost ?? this.#loose;
  }

  async look(): Promise<void> {
    let info: StreamInfo;
    try {
      info = await this.#jsm.streams.info(AUDIT_STREAM);
    } catch (error) {
      if (/not found/i.test(reasonOf(error))) this.#lost = `the stream ${AUDIT_STREAM} was deleted: ${RESTORE}`;
      return; // a broker that does not answer says nothing of the audit
    }
    this.#lost ??= lossOf(this.#before, info);
    this.#loose = looseness(info);
    this.#before = info;
    const fault = this.fault();
    if (fault !== undefined && fault !== this.#said) this.#logger.error('the audit is not safe', { fault });
    this.#said = fault;
  }

  /** Looks now and again, and calls `alsoDo` as often; returns what ends that. */
  start(alsoDo: () => Promise<void> = () => Promise.resolve()): () => void {
    void this.look();
    const timer = setInterval(() => {
      void this.look();
      void alsoDo();
    }, EVERY_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
}

const RESTORE = 'restore it from a backup, run `earshot audit verify`, and start again';

function lossOf(before: StreamInfo | undefined, now: StreamInfo): string | undefined {
  if (before === undefined) return undefined;
  if (before.created !== now.created) return `the stream ${AUDIT_STREAM} was deleted and made again: ${RESTORE}`;
  if (now.state.last_seq < before.state.last_seq) return `the stream ${AUDIT_STREAM} was cut at its end: ${RESTORE}`;
  const isAged = now.config.max_age >= LEAST_AGE_NS;
  if (now.state.first_seq > before.state.first_seq && !isAged) {
    return `the stream ${AUDIT_STREAM} was cut at its beginning: ${RESTORE}`;
  }
  // With an age that is long enough the oldest may go, one by one: what else went is found by `earshot audit verify`.
  return undefined;
}

function looseness({ config }: StreamInfo): string | undefined {
  const faults = [
    ...(config.deny_purge ? [] : ['it may be purged (deny_purge)']),
    ...(config.deny_delete ? [] : ['entries may be deleted (deny_delete)']),
    ...(config.max_age > 0 && config.max_age < LEAST_AGE_NS
      ? ['entries go before they are three years old (max_age)']
      : []),
    ...(config.max_msgs > 0 ? ['it holds a number of entries only (max_msgs)'] : []),
    ...(config.discard === 'new' ? [] : ['the oldest make way for new ones (discard)']),
  ];
  if (faults.length === 0) return undefined;
  return `the stream ${AUDIT_STREAM} was changed: ${faults.join('; ')}; a restart changes it back, then run \`earshot audit verify\``;
}
