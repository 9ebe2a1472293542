import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import { chained, hashOf, headOf, NO_HEAD, type AuditHead, type ChainedEntry, type ChainName } from './audit-chain.ts';
import type { ReadDigest } from './read-digest.ts';
import {
  ChainVerifier,
  resetEntry,
  START as ENGINE_START,
  type AuditFault,
  type AuditProof,
  type CommittedChains,
} from './verify-chain.ts';

const START = Date.parse('2026-03-02T01:00:00Z');
const NOW = START + 3_600_000;
const note = (action: string): AuditEntry => ({ action, outcome: 'done', by: 'li' });

function chain(name: ChainName, count: number, from: AuditHead = NO_HEAD, start = START): readonly ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  let head = from;
  for (let i = 0; i < count; i++) {
    const entry = chained(name, head, { entry: note(`act-${i}`), at: start + i * 1000 });
    head = headOf(entry);
    entries.push(entry);
  }
  return entries;
}
const committed = (engine: readonly ChainedEntry[], gateway: readonly ChainedEntry[] = []): CommittedChains => ({
  engine: engine.length === 0 ? null : { head: headOf(engine.at(-1)!), pending: [] },
  gateway: gateway.length === 0 ? null : { head: headOf(gateway.at(-1)!), pending: [] },
});
function proof(stored: readonly object[], state: CommittedChains, after = state): AuditProof {
  const verifier = new ChainVerifier(NOW);
  for (const [i, data] of stored.entries()) verifier.take({ streamSeq: i + 1, data: { ...data } });
  return verifier.proof(state, after);
}

const ENGINE = chain('engine', 5);
const GATEWAY = chain('gateway', 3);
const BOTH = [ENGINE[0]!, GATEWAY[0]!, GATEWAY[1]!, ENGINE[1]!, ENGINE[2]!, GATEWAY[2]!, ENGINE[3]!, ENGINE[4]!];
const STATE = committed(ENGINE, GATEWAY);

describe('an audit is proven', () => {
  it('whole: two chains among each other, entries of a former version before them', () => {
    const { fault, unchained, last, entries } = proof([{ action: 'old' }, ...BOTH], STATE);
    expect(fault).toBeNull();
    expect([entries, unchained, last.engine.seq, last.gateway.seq]).toEqual([9, 1, 5, 3]);
  });

  it('whole where entries of a former version have grown old and gone since a start that counted them', () => {
    const counted = chained('gateway', headOf(GATEWAY[2]!), {
      entry: { ...note(ENGINE_START), unchained: 2 },
      at: START,
    });
    const state = committed(ENGINE, [...GATEWAY, counted]);
    expect(proof([{ action: 'old' }, ...BOTH, counted], state)).toMatchObject({ fault: null, unchained: 1 });
  });

  it('whole while entries are written as it is read', () => {
    const more = chain('engine', 2, headOf(ENGINE[4]!));
    expect(proof(BOTH, STATE, committed([...ENGINE, ...more], GATEWAY)).fault).toBeNull();
    expect(proof([...BOTH, more[0]!], STATE, committed([...ENGINE, ...more], GATEWAY)).fault).toBeNull();
  });

  it('whole where the last batch is committed and not written yet, or written twice', () => {
    const pending = GATEWAY.slice(1);
    const state = { ...STATE, gateway: { head: headOf(GATEWAY[2]!), pending } };
    const cut = BOTH.filter((entry) => !pending.includes(entry));
    expect(proof(cut, state)).toMatchObject({ fault: null, unwritten: pending });
    expect(proof([...BOTH, ...pending], state)).toMatchObject({ fault: null, unwritten: [] });
  });

  it('whole where what came first is more than three years old', () => {
    const old = chain('engine', 2, NO_HEAD, NOW - 1097 * 86_400_000);
    const kept = chain('engine', 2, headOf(old[1]!));
    expect(proof(kept, committed(kept)).fault).toBeNull();
  });
});

describe('an audit is proven broken, and where', () => {
  const edited = { ...ENGINE[2]!, by: 'someone' };
  const rehashed = { ...edited, hash: hashOf({ ...edited }) };
  const foreign = chained('engine', headOf(ENGINE[4]!), { entry: note('forged'), at: START });
  const without = (...gone: readonly ChainedEntry[]): readonly ChainedEntry[] =>
    BOTH.filter((entry) => !gone.includes(entry));
  const swapped = [...BOTH];
  [swapped[3], swapped[4]] = [BOTH[4]!, BOTH[3]!];

  it.each<[string, readonly object[], object]>([
    [
      'an entry was changed',
      BOTH.map((one) => (one === ENGINE[2] ? edited : one)),
      { chain: 'engine', seq: 3, streamSeq: 5 },
    ],
    [
      'with a new hash',
      BOTH.map((one) => (one === ENGINE[2] ? rehashed : one)),
      { chain: 'engine', seq: 4, streamSeq: 7 },
    ],
    ['the beginning was cut', without(ENGINE[0]!, GATEWAY[0]!), { chain: 'gateway', seq: 2, streamSeq: 1 }],
    ['the middle was cut', without(ENGINE[2]!), { chain: 'engine', seq: 4 }],
    ['the end was cut', without(ENGINE[4]!), { chain: 'engine', seq: 5, streamSeq: null }],
    ['a whole chain is gone', ENGINE, { chain: 'gateway', seq: 1, streamSeq: null }],
    ['all is gone', [], { chain: 'engine', seq: 1, streamSeq: null }],
    ['two were swapped', swapped, { chain: 'engine', seq: 3, streamSeq: 4 }],
    ['one is there twice, in other words', [...BOTH, { ...rehashed }], { chain: 'engine', seq: 3, streamSeq: 9 }],
    ['one that fits was added', [...BOTH, foreign], { chain: 'engine', seq: 6, streamSeq: null }],
    ['one of no chain was added', [...BOTH, { action: 'alert.ack' }], { chain: null, streamSeq: 9 }],
    ['all was made again from the first on', chain('engine', 5, NO_HEAD, START + 1), { chain: 'engine', seq: 5 }],
  ])('%s', (_, stored, fault) => {
    expect(proof(stored, STATE).fault).toMatchObject(fault);
  });

  it('entries of no chain were put before it, as if a former version had written them', () => {
    const first = chained('gateway', NO_HEAD, { entry: { ...note(ENGINE_START), unchained: 0 }, at: START });
    const state = committed(ENGINE, [first]);
    expect(proof([first, ...ENGINE], state).fault).toBeNull();
    const forged = { action: 'alert.ack', by: 'li', outcome: 'done', at: '2026-03-02T00:00:00Z' };
    expect(proof([forged, first, ...ENGINE], state).fault).toMatchObject({
      chain: 'gateway',
      seq: 1,
      fault: 'before the chains stands more (1) than at this start',
    });
  });

  it('the state is gone, and says so', () => {
    expect(proof(BOTH, committed([])).fault).toMatchObject({ isStateLost: true });
  });

  it('until it is gone on from, which stays to be seen', () => {
    const cut = without(ENGINE[4]!, GATEWAY[2]!);
    const { fault: broken, read } = proof(cut, STATE);
    const { reset, more, after } = goneOnFrom(broken, read);
    const { fault, noted } = proof([...cut, reset, ...more], after);
    expect(fault).toBeNull();
    expect(noted).toHaveLength(1);
    expect(proof([...cut, reset], after).fault).toMatchObject({ chain: 'engine', seq: 6 });
  });

  it('where what was gone on from is changed, cut or added to later', () => {
    const cut = without(ENGINE[4]!, GATEWAY[2]!);
    const { fault: broken, read } = proof(cut, STATE);
    const { reset, more, after } = goneOnFrom(broken, read);
    // What others wrote while it was read.
    const meanwhile = { action: 'alert.ack' };
    expect(proof([...cut, meanwhile, reset, ...more], after).fault).toBeNull();
    for (const before of [
      cut.map((one) => (one === ENGINE[1] ? { ...one, by: 'nobody' } : one)),
      cut.slice(1),
      cut.filter((one) => one !== ENGINE[2]),
      [{ action: 'alert.ack' }, ...cut],
      [],
    ])
      expect(proof([...before, reset, ...more], after).fault).toMatchObject({
        ...{ chain: 'gateway', seq: 4, streamSeq: before.length + 1 },
        fault: 'what stands before it is not what was gone on from',
      });
  });

  it('but not where that has grown old and gone', () => {
    const old = chain('engine', 3, NO_HEAD, NOW - 1097 * 86_400_000);
    const { fault: broken, read } = proof(old.slice(0, 2), committed(old));
    const entry = resetEntry(broken, headOf(old[2]!), read);
    const reset = chained('gateway', NO_HEAD, { entry, at: START });
    expect(proof([reset], committed(old, [reset])).fault).toBeNull();
  });

  function goneOnFrom(broken: AuditFault | null, read: ReadDigest) {
    const entry = resetEntry(broken, headOf(ENGINE[4]!), read);
    const reset = chained('gateway', headOf(GATEWAY[2]!), { entry, at: NOW });
    const more = chain('engine', 1, headOf(ENGINE[4]!));
    return { reset, more, after: committed([...ENGINE, ...more], [...GATEWAY, reset]) };
  }
});
