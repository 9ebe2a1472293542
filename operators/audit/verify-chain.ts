/** Proves an audit whole, or names the first entry that is not what was written, and what is missing. Pure: entries come in. */
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import { AuditRead, type ReadDigest } from './read-digest.ts';
import { hashOf, NO_HASH, NO_HEAD, type AuditHead, type ChainedEntry, type ChainName } from './audit-chain.ts';

export interface StoredEntry {
  /** Of the stream. */
  readonly streamSeq: number;
  readonly data: JsonObject;
}

/** What the state says of one chain. */
export interface CommittedChain {
  readonly head: AuditHead;
  /** Committed, and perhaps not written yet: the last entries up to the head. */
  readonly pending: readonly ChainedEntry[];
}

export interface AuditFault {
  readonly chain: ChainName | null;
  /** Of the stream; null: it is not there. */
  readonly streamSeq: number | null;
  /** Of the chain; null: the entry has none. */
  readonly seq: number | null;
  /** A sentence. */
  readonly fault: string;
  /** It is the state that is gone, not entries. */
  readonly isStateLost: boolean;
}

/** A fault that was gone on from on purpose (`earshot run --reset audit`), and when. */
export interface NotedFault extends AuditFault {
  readonly noted: string;
}

export interface AuditProof {
  readonly entries: number;
  /** Of a former version, before the chains began. */
  readonly unchained: number;
  readonly last: Readonly<Record<ChainName, AuditHead>>;
  readonly noted: readonly NotedFault[];
  /** All that was read. */
  readonly read: ReadDigest;
  /** Committed and not stored: to be written. */
  readonly unwritten: readonly ChainedEntry[];
  /** The first; null: it is whole. */
  readonly fault: AuditFault | null;
}

/** What an audit is kept at least. */
export const KEPT_MS: Millis = 1096 * 86_400_000;
const CHAINS: readonly ChainName[] = ['engine', 'gateway'];
/** A writer that was killed is followed by one that writes its last batch again: the same entry twice is no fault. */
const REMEMBERED = 1_000;

export type CommittedChains = Readonly<Record<ChainName, CommittedChain | null>>;
const NOTHING: CommittedChain = { head: NO_HEAD, pending: [] };

interface ChainSoFar {
  head: AuditHead | null;
  readonly hashes: Map<number, string>;
}

/** Given entry by entry, in the stream's order: the stream may be large. */
export class ChainVerifier {
  readonly #now: Millis;
  readonly #chains: Readonly<Record<ChainName, ChainSoFar>> = {
    engine: { head: null, hashes: new Map() },
    gateway: { head: null, hashes: new Map() },
  };
  readonly #noted: NotedFault[] = [];
  readonly #read = new AuditRead();
  #unchained = 0;
  #fault: AuditFault | null = null;

  constructor(now: Millis) {
    this.#now = now;
  }

  take({ streamSeq, data }: StoredEntry): void {
    const own = hashOf(data);
    this.#judge(streamSeq, data, own);
    this.#read.add(own, data);
  }

  /** @param own over the entry as it stands */
  #judge(streamSeq: number, data: JsonObject, own: string): void {
    if (isChained(data) && data.action === RESET && own === data.hash) return this.#reset(streamSeq, data);
    if (this.#fault !== null) return;
    if (!isChained(data)) {
      if (CHAINS.every((chain) => this.#chains[chain].head === null)) this.#unchained += 1;
      else this.#found(null, streamSeq, null, 'it is of no chain: somebody else wrote it');
      return;
    }
    const { chain, seq, hash } = data;
    const so = this.#chains[chain];
    if (so.hashes.get(seq) === hash && hash === own) return;
    const fault = hash === own ? this.#misfit(data, so.head) : 'it was changed: its hash is of another text';
    if (fault !== null) return this.#found(chain, streamSeq, seq, fault);
    this.#follow(so, data);
    if (this.#unchained > unchainedAt(data))
      this.#found(
        chain,
        streamSeq,
        seq,
        `before the chains stands more (${String(this.#unchained)}) than at this start`,
      );
  }

  /**
   * `before` and `after`: what the state said before the first entry was read, and after the last: entries may be written
   * meanwhile.
   */
  proof(before: CommittedChains, after: CommittedChains): AuditProof {
    const unwritten: ChainedEntry[] = [];
    for (const chain of CHAINS) {
      const so = this.#chains[chain];
      const last = so.head ?? NO_HEAD;
      const { head, pending } = before[chain] ?? NOTHING;
      const missing = pending.filter(({ seq }) => seq > last.seq);
      const [first] = missing;
      const isUnwritten = first !== undefined && first.seq === last.seq + 1 && first.prev === last.hash;
      if (isUnwritten) unwritten.push(...missing);
      const known = isUnwritten ? head.hash : so.hashes.get(head.seq);
      const has = isUnwritten ? head : last;
      this.#fault ??= headFault({ chain, has, known }, head, (after[chain] ?? NOTHING).head);
    }
    const { engine, gateway } = this.#chains;
    const last = { engine: engine.head ?? NO_HEAD, gateway: gateway.head ?? NO_HEAD };
    const read = this.#read.now();
    return {
      entries: read.entries,
      unchained: this.#unchained,
      read,
      last,
      noted: this.#noted,
      unwritten,
      fault: this.#fault,
    };
  }

  /** What does not fit before it was taken note of; from here on both chains are what it says. */
  #reset(streamSeq: number, data: ChainedEntry): void {
    const { chain, seq } = data;
    const { engine, gateway } = this.#chains;
    if (gateway.hashes.get(seq) === data.hash) return;
    const misfit = this.#misfit(data, gateway.head) ?? 'it was gone on from';
    const fault = this.#fault ?? { chain, streamSeq, seq, fault: misfit, isStateLost: false };
    this.#noted.push({ ...fault, noted: data.at });
    this.#fault = null;
    this.#follow(gateway, data);
    const { engine_seq: last, engine_hash: hash, engine_at: at } = data;
    engine.hashes.clear();
    const isKnown = typeof last === 'number' && last > 0 && typeof hash === 'string' && typeof at === 'string';
    engine.head = isKnown ? { seq: last, hash, at } : null;
    if (engine.head !== null) engine.hashes.set(engine.head.seq, engine.head.hash);
    if (this.#read.differsFrom(data, this.#now - KEPT_MS))
      this.#found(chain, streamSeq, seq, 'what stands before it is not what was gone on from');
  }

  #follow(so: ChainSoFar, { seq, hash, at }: ChainedEntry): void {
    so.head = { seq, hash, at };
    so.hashes.set(seq, hash);
    so.hashes.delete(seq - REMEMBERED);
  }

  #found(chain: ChainName | null, streamSeq: number, seq: number | null, fault: string): void {
    this.#fault = { chain, streamSeq, seq, fault, isStateLost: false };
  }

  /** Why it does not follow what came before. */
  #misfit(data: ChainedEntry, before: AuditHead | null): string | null {
    const { seq, prev } = data;
    if (before === null && seq === 1)
      return prev === NO_HASH ? null : 'it says it is the first, and names one before it';
    if (before === null && isOldEnough(data, this.#now)) return null;
    const next = (before?.seq ?? 0) + 1; // none before: from the first on
    if (before !== null && seq === next) return prev === before.hash ? null : 'the one before it was replaced';
    if (seq < next) return `it repeats or goes back: ${String(next - 1)} came before it`;
    return `${span(next, seq - 1)} missing before it`;
  }
}

/** The first entry of an engine that starts; `unchained`: how many of no chain (of a former version) it found before the chains. */
export const START = 'engine.start';
/** The entry with which faults before it are gone on from. */
export const RESET = 'audit.reset';

/** What it says: where the chain of the engine stands, so that this one holds both, and what was there. */
export function resetEntry(fault: AuditFault | null, engine: AuditHead, read: ReadDigest): AuditEntry {
  const because = fault === null ? 'the state was lost' : fault.fault;
  const where = { engine_seq: engine.seq, engine_hash: engine.hash, engine_at: engine.at };
  const found = { found_entries: read.entries, found_digest: read.digest, found_since: read.since };
  return { action: RESET, outcome: 'done', by: 'whoever started Earshot', because, ...where, ...found };
}

/** What a start says of that: some may have grown old and gone since, none may have come. */
function unchainedAt({ action, unchained }: ChainedEntry): number {
  return action === START && typeof unchained === 'number' ? unchained : Infinity;
}

function isChained(data: JsonObject): data is JsonObject & ChainedEntry {
  const { chain, seq, hash, prev, at, action } = data;
  return (
    (chain === 'engine' || chain === 'gateway') &&
    typeof seq === 'number' &&
    [hash, prev, at, action].every((text) => typeof text === 'string')
  );
}

/** Entries may go once they are old enough, never before. */
function isOldEnough(data: ChainedEntry, now: Millis): boolean {
  const gone = parseInstant(data.prev_at);
  return gone !== null && gone <= now - KEPT_MS;
}

function headFault(
  { chain, has, known }: { readonly chain: ChainName; readonly has: AuditHead; readonly known: string | undefined },
  before: AuditHead,
  after: AuditHead,
): AuditFault | null {
  const found = (seq: number, fault: string, isStateLost = false): AuditFault => ({
    ...{ chain, streamSeq: null, seq, fault, isStateLost },
  });
  if (after.seq === 0)
    return has.seq === 0 ? null : found(has.seq, 'entries are stored, and the state knows of none', true);
  if (has.seq === 0 && before.seq > 0) return found(1, `all of it is missing, up to ${String(before.seq)}`);
  if (has.seq < before.seq) return found(has.seq + 1, `${span(has.seq + 1, before.seq)} missing at the end`);
  if (has.seq > after.seq) return found(after.seq + 1, 'it is beyond what was committed: somebody else wrote it');
  return before.seq === 0 || known === before.hash ? null : found(before.seq, 'it is another than was committed');
}

function span(from: number, to: number): string {
  return from === to ? `${String(from)} is` : `${String(from)} to ${String(to)} are`;
}
