/**
 * The audit as chains, one a writer: each entry names the hash of the one before and carries its own. Where a chain stands (its
 * head) is part of the state and committed with it, so that an audit that was cut or replaced no longer fits (verify-chain.ts
 * finds where). `engine`: what is decided in the input, written by the partition that judges rules; `gateway`: what all gateways
 * note.
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { AuditEntry, AuditRecord } from '../../engine/core/audit-entry.ts';
import { ensure } from '../../engine/core/must.ts';
import type { Collector, Envelope, JsonObject, Operator, OperatorDef, State } from '../../engine/core/types.ts';
import { canonicalJson } from './canonical-json.ts';
import { sha256 } from './sha256.ts';

export const AUDIT_OPERATOR = 'audit';
export type ChainName = 'engine' | 'gateway';
/** What the first entry names as the one before. */
export const NO_HASH = '0'.repeat(64);

/** Of the last entry. */
export interface AuditHead {
  /** From 1. */
  readonly seq: number;
  readonly hash: string;
  /** When that was: RFC 3339; `` before the first. */
  readonly at: string;
}

/** An entry as it is stored. */
export interface ChainedEntry extends AuditEntry {
  readonly at: string;
  readonly chain: ChainName;
  readonly seq: number;
  readonly prev: string;
  /** When the one before was: tells an old beginning that was kept long enough from one that was cut off. */
  readonly prev_at: string;
  /** Over all the others. */
  readonly hash: string;
}

export const NO_HEAD: AuditHead = { seq: 0, hash: NO_HASH, at: '' };

export function chained(chain: ChainName, head: AuditHead, { entry, at }: AuditRecord): ChainedEntry {
  const linked = { ...entry, at: formatInstant(at), chain, seq: head.seq + 1, prev: head.hash, prev_at: head.at };
  return { ...linked, hash: hashOf(linked) };
}

export function headOf({ seq, hash, at }: ChainedEntry): AuditHead {
  return { seq, hash, at };
}

/** Over canonical JSON, without the hash itself. */
export function hashOf(entry: JsonObject): string {
  const { hash: _, ...hashed } = entry;
  return sha256(canonicalJson(hashed));
}

/** What is noted in; `cx.audit` out. */
export function auditOperator(): OperatorDef<AuditRecord, never> {
  return {
    name: AUDIT_OPERATOR,
    create: (_, saved) => new AuditChain(savedHead(saved)),
  };
}

/** Of the saved parts of `auditOperator`, oldest first. */
export function savedHead(saved: readonly State[] = []): AuditHead {
  let head = NO_HEAD;
  for (const part of saved) {
    const one = part as unknown as AuditHead;
    ensure(Number.isSafeInteger(one.seq) && typeof one.hash === 'string', 'a saved head of the audit is one');
    // Parts may be newer than deltas that are replayed over them.
    if (one.seq > head.seq) head = one;
  }
  return head;
}

class AuditChain implements Operator<AuditRecord, never> {
  #head: AuditHead;
  #isChanged = false;

  constructor(head: AuditHead) {
    this.#head = head;
  }

  onEvent({ value }: Envelope<AuditRecord>, _watermark: number, out: Collector<never>): void {
    const entry = chained('engine', this.#head, value);
    this.#head = headOf(entry);
    this.#isChanged = true;
    out.send({ subject: 'cx.audit', type: 'cx.audit.recorded', time: value.at, data: entry });
  }

  delta(): State | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return { ...this.#head };
  }

  *snapshot(): Iterable<State> {
    if (this.#head.seq > 0) yield { ...this.#head };
  }
}
