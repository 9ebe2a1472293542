/**
 * Writes the gateways' chain of the audit: a batch is first committed in the state stream (`cx.state.audit`, with the head it
 * leads to), then written to `cx.audit`. Several gateways share the chain: whoever commits second starts from the first's head.
 * Killed in between, the next one writes the committed batch; the same entry twice is no fault.
 */
import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { AuditRecord } from '../../core/audit-entry.ts';
import { binaryHeaders, type MessageOrigin } from '../../core/cloud-events.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { AUDIT_STREAM, STATE_STREAM } from '../streams/streams.ts';

/** `H`: where a chain stands; `E`: an entry of it. How they are made is the audit's own matter (operators/audit). */
export interface ChainRules<H, E> {
  readonly none: H;
  link(head: H, record: AuditRecord): { readonly head: H; readonly entry: E };
}
export interface Committed<H, E> {
  readonly head: H;
  /** The last batch: perhaps not all of it is written. */
  readonly pending: readonly E[];
}

export const AUDIT_HEAD_SUBJECT = 'cx.state.audit';
const ATTEMPTS = 8;

export class AuditWriter<H extends JsonObject, E extends JsonObject & { readonly at: string; readonly hash: string }> {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #rules: ChainRules<H, E>;
  #last: Promise<unknown> = Promise.resolve();
  /** Why the last committed batch is not wholly in the stream; undefined: it is. */
  #unwritten: string | undefined;
  readonly #headersOf: ReturnType<typeof binaryHeaders>;
  #known: { readonly head: H; readonly sequence: number } | undefined;

  constructor(js: JetStreamClient, jsm: JetStreamManager, rules: ChainRules<H, E>, origin: MessageOrigin) {
    this.#headersOf = binaryHeaders(origin);
    this.#js = js;
    this.#jsm = jsm;
    this.#rules = rules;
  }

  /** Rejects where the broker does not take them; the same are then given again, and count once more at worst. */
  append(records: readonly AuditRecord[]): Promise<void> {
    return this.#afterOthers(() => this.#append(records));
  }

  /** Why what is committed cannot be read in the stream yet; undefined: it can. */
  fault(): string | undefined {
    return this.#unwritten === undefined
      ? undefined
      : `the audit: entries are not in its stream yet: ${this.#unwritten}`;
  }

  /** Tries again to write what is committed. Never rejects. */
  async settle(): Promise<void> {
    if (this.#unwritten === undefined) return;
    await this.#afterOthers(() => this.#start()).catch((error: unknown) => {
      this.#unwritten = jetstreamReason(error);
    });
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #append(records: readonly AuditRecord[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { head: from, sequence } = await this.#start();
      let head = from;
      const pending: E[] = [];
      for (const record of records) {
        const linked = this.#rules.link(head, record);
        head = linked.head;
        pending.push(linked.entry);
      }
      this.#known = undefined;
      const expect = { lastSubjectSequence: sequence };
      try {
        const record = JSON.stringify({ head, pending });
        const ack = await this.#js.publish(AUDIT_HEAD_SUBJECT, record, { expect, headers: rollup() });
        await this.#writeOrLeave(pending, { head, sequence: ack.seq });
        return;
      } catch (error) {
        // Another gateway was first.
        if (attempt < ATTEMPTS && isOvertaken(error)) continue;
        throw error;
      }
    }
  }

  /** Puts committed entries into the stream. */
  async write(entries: readonly E[]): Promise<void> {
    for (const entry of entries) {
      const id = `audit.${entry.hash}`;
      const message = { id, subject: 'cx.audit', type: 'cx.audit.recorded', time: Date.parse(entry.at), data: entry };
      const fields = headers();
      for (const [name, value] of Object.entries(this.#headersOf(message))) fields.set(name, value);
      const expect = { streamName: AUDIT_STREAM };
      await this.#js.publish('cx.audit', JSON.stringify(entry), { msgID: id, headers: fields, expect });
    }
  }

  /** What is committed of the chain; null: nothing. */
  async committed(): Promise<(Committed<H, E> & { readonly sequence: number }) | null> {
    try {
      const message = await this.#jsm.streams.getMessage(STATE_STREAM, { last_by_subj: AUDIT_HEAD_SUBJECT });
      if (message === null) return null;
      const { head, pending } = message.json<Json>() as unknown as Committed<H, E>;
      return { head, pending, sequence: message.seq };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return null;
      throw error;
    }
  }

  /** They are committed: what is not written now is written with the next batch. */
  async #writeOrLeave(pending: readonly E[], known: { readonly head: H; readonly sequence: number }): Promise<void> {
    try {
      await this.write(pending);
      this.#known = known;
      this.#unwritten = undefined;
    } catch (error) {
      this.#known = undefined;
      this.#unwritten = jetstreamReason(error);
    }
  }

  async #start(): Promise<{ readonly head: H; readonly sequence: number }> {
    if (this.#known !== undefined) return this.#known;
    const committed = await this.committed();
    if (committed === null) return { head: this.#rules.none, sequence: 0 };
    await this.write(committed.pending);
    this.#unwritten = undefined;
    return committed;
  }
}

function rollup(): ReturnType<typeof headers> {
  const fields = headers();
  fields.set('Nats-Rollup', 'sub');
  return fields;
}

function isOvertaken(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
}
