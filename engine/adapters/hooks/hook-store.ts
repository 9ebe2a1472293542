/**
 * What is remembered of deliveries, as a log in the bucket CX_HOOKS: each step's changes are one entry or a few, so that many
 * alerts at once cost few writes. Written before a notice leaves and after its outcome is known. One instance writes: an entry is
 * refused where another instance wrote meanwhile. (Engines of before had a key for each alert and notice: they are read, too.)
 */
import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf, managerOf } from '../nats/jetstream-api.ts';
import { must } from '../../core/must.ts';
import type { Logger } from '../../core/types.ts';
import type { HookChanges } from '../../delivery/records.ts';
import { readToEnd } from '../streams/stream-reader.ts';
import { HookLog } from './hook-log.ts';
import { savedHooks, type SavedHooks } from './saved-hooks.ts';
import { parseLines, textsOf, type HookPosition, type SavedLine } from './saved-lines.ts';
import { SavedMessages } from './saved-messages.ts';

export const HOOK_BUCKET = 'CX_HOOKS';
const STREAM = `KV_${HOOK_BUCKET}`;
const PREFIX = `$KV.${HOOK_BUCKET}.`;
const ENTRY = `${PREFIX}log.`;
/** At most 3 bytes a character: below the 1 MiB that a broker takes. */
const ENTRY_CHARS = 256 * 1024;
/** With each step so many old entries are looked at. */
const OLD_AT_ONCE = 8;
/** The log is cut when so much of its beginning holds no more. */
const CUT_CHARS = 4_000_000;

/** Another instance has written meanwhile: what this one knows is no longer all there is. */
export class HooksTakenError extends Error {
  override readonly name = 'HooksTakenError';
}

export class HookStore {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #log = new HookLog();
  readonly #messages = new SavedMessages();
  #last = 0;
  #next = 1;
  #droppedChars = 0;
  /** Sent, and not known to be stored. */
  #uncertain: { readonly subject: string; readonly text: string } | null = null;

  private constructor(js: JetStreamClient, jsm: JetStreamManager) {
    this.#js = js;
    this.#jsm = jsm;
  }

  static async open(nc: NatsConnection, replicas: number): Promise<HookStore> {
    const js = jetstreamOf(nc, { timeout: 5000 });
    await new Kvm(js).create(HOOK_BUCKET, { history: 1, replicas });
    return new HookStore(js, await managerOf(nc));
  }

  /** Everything that was saved: once, before anything is. */
  async read(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<SavedHooks> {
    const values = new Map<string, string>();
    await readToEnd(nc, { stream: STREAM, after: 0, logger }, signal, (batch) => {
      for (const { subject, data, headers, seq } of batch) {
        const isGone = headers['kv-operation'] !== undefined;
        const lines = entryLines(subject, isGone ? '' : new TextDecoder().decode(data));
        this.#log.wrote(seq, lines);
        for (const { key, value } of lines) {
          if (value === null) values.delete(key);
          else values.set(key, value);
        }
        if (subject.startsWith(ENTRY)) this.#next = Number(subject.slice(ENTRY.length)) + 1;
      }
      return undefined;
    });
    this.#last = (await this.#jsm.streams.info(STREAM)).state.last_seq;
    return savedHooks(this.#messages.restore(values));
  }

  /** Everything of one step; resolves when the broker has it. Throws HooksTakenError where another instance writes. */
  async save(changes: ReadonlyMap<string, HookChanges>, position: HookPosition | null): Promise<void> {
    await this.#settleUncertain();
    const { lines, commit } = this.#messages.plan(changes, position);
    for (const text of textsOf(lines, ENTRY_CHARS)) await this.#append(text);
    commit();
    await this.#tidy();
  }

  get size(): HookLog['size'] {
    return this.#log.size;
  }

  async #append(text: string): Promise<void> {
    const subject = `${ENTRY}${this.#next}`;
    this.#uncertain = { subject, text };
    try {
      const { seq } = await this.#js.publish(subject, text, { expect: { lastSequence: this.#last } });
      this.#wrote(seq, text);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence) {
        throw new HooksTakenError('another instance tells of alerts meanwhile');
      }
      throw error;
    }
  }

  #wrote(seq: number, text: string): void {
    this.#log.wrote(seq, parseLines(text));
    this.#last = seq;
    this.#next++;
    this.#uncertain = null;
  }

  /** An entry that was not acknowledged may be stored. */
  async #settleUncertain(): Promise<void> {
    if (this.#uncertain === null) return;
    const { subject, text } = this.#uncertain;
    const found = await this.#message({ last_by_subj: subject });
    if (found !== null && new TextDecoder().decode(found.data) === text) this.#wrote(found.seq, text);
    else this.#uncertain = null;
  }

  /** What holds of the oldest entries is written again, then the log is cut there. */
  async #tidy(): Promise<void> {
    for (let i = 0; i < OLD_AT_ONCE; i++) {
      const oldest = this.#log.oldest();
      if (oldest === null) break;
      if (oldest.keys.size > 0) {
        const found = must(await this.#message({ seq: oldest.seq }), 'what the log holds is in the stream');
        const lines = entryLines(found.subject, new TextDecoder().decode(found.data));
        const holding = lines.filter(({ key, value }) => value !== null && oldest.keys.has(key));
        for (const text of textsOf(holding, ENTRY_CHARS)) await this.#append(text);
      }
      this.#droppedChars += this.#log.dropOldest();
    }
    if (this.#droppedChars < CUT_CHARS) return;
    await this.#jsm.streams.purge(STREAM, { seq: must(this.#log.firstSeq, 'the last entry is never dropped') });
    this.#droppedChars = 0;
  }

  async #message(query: { seq: number } | { last_by_subj: string }): Promise<{
    readonly seq: number;
    readonly subject: string;
    readonly data: Uint8Array;
  } | null> {
    try {
      return await this.#jsm.streams.getMessage(STREAM, query);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return null;
      throw error;
    }
  }
}

function entryLines(subject: string, text: string): readonly SavedLine[] {
  if (subject.startsWith(ENTRY)) return parseLines(text);
  return [{ key: subject.slice(PREFIX.length), value: text === '' ? null : text }];
}
