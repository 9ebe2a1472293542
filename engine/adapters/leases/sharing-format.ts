/** Beats and the table as bytes. What is not one of ours reads as null: a stranger's, or of a version that writes another format. */
import type { MemberBeat, OwnerEntry, OwnerTable } from '../../core/partition/shared-ownership.ts';

const FORMAT = 1;
/** Far beyond any of ours: 256 partitions and a long name of a host. */
const MOST_BEAT_BYTES = 16_384;
const MOST_ID = 64;
const MOST_HOLDER = 2048;
/** One each millisecond for thirty years: far beyond it one number more is the same number. */
const MOST_GENERATION = 1e12;
const STATES: readonly MemberBeat['state'][] = ['new', 'in', 'leaving', 'gone'];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeBeat(beat: MemberBeat): Uint8Array {
  return encoder.encode(JSON.stringify({ format: FORMAT, ...beat }));
}

export function decodeBeat(data: Uint8Array): MemberBeat | null {
  const value = data.length > MOST_BEAT_BYTES ? null : objectIn(data);
  if (value === null) return null;
  const { id, holder, since, beat, state, held, generation, mark } = value;
  if (!isText(id, MOST_ID) || !isText(holder, MOST_HOLDER) || !isCount(since) || !isCount(beat)) return null;
  if (!isCount(generation) || !Array.isArray(held) || !held.every(isCount)) return null;
  const known = STATES.find((one) => one === state);
  const marked = isText(mark, MOST_ID) ? { mark } : null; // of a former version
  return known === undefined ? null : { id, holder, since, beat, state: known, held, generation, ...marked };
}

export function encodeTable({ generation, owners, holders, mark }: OwnerTable): Uint8Array {
  const ids = [...holders.keys()];
  const at = (id: string | null): number => (id === null ? -1 : ids.indexOf(id));
  const items = [...owners].map(([item, { owner, since, from }]) => [item, at(owner), since, at(from)]);
  return encoder.encode(JSON.stringify({ format: FORMAT, generation, mark, holders: [...holders], items }));
}

/** Of another format: throws, since to write over it would take it from those who can read it. Garbage reads as none. */
export function decodeTable(data: Uint8Array): OwnerTable | null {
  const value = objectIn(data, (format) => {
    throw new Error(`the table of owners has format ${String(format)}, which this version cannot read`);
  });
  if (value === null || !isCount(value['generation']) || value['generation'] > MOST_GENERATION) return null;
  const { generation, holders, items, mark } = value;
  if (!Array.isArray(holders) || !Array.isArray(items)) return null;
  const named: [string, string][] = [];
  for (const pair of holders as unknown[]) {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') return null;
    named.push([pair[0], pair[1]]);
  }
  const owners = new Map<number, OwnerEntry>();
  for (const row of items as unknown[]) {
    if (!Array.isArray(row)) return null;
    const [item, owner, since, from] = row as unknown[];
    const ownerId = typeof owner === 'number' ? named[owner]?.[0] : undefined;
    // What became somebody's in a table that is yet to be written would be given up by nobody.
    if (!isCount(item) || !isCount(since) || since > generation || ownerId === undefined) return null;
    const fromId = typeof from === 'number' ? named[from]?.[0] : undefined;
    owners.set(item, { owner: ownerId, since, from: fromId ?? null }); // nobody had it
  }
  const marked = isText(mark, MOST_ID) ? { mark } : null; // of a former version
  return { generation, owners, holders: new Map(named), ...marked };
}

function objectIn(data: Uint8Array, onOther?: (format: unknown) => never): Record<string, unknown> | null {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(data));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { format } = value as { readonly format?: unknown };
  if (format === FORMAT) return value as Record<string, unknown>;
  if (typeof format === 'number') onOther?.(format);
  return null;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= most;
}
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
