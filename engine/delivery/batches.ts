/**
 * Which alerts one notice tells. To programs each goes by itself. To people the first of a group and what ends go at once;
 * followers wait a few seconds for each other; what is more than the receiver takes goes as one digest.
 */
import { at as itemAt } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import { groupOf, type HookRules } from './hook-rules.ts';
import { isUrgent } from './notice-id.ts';
import { worstFirst, type AlertRecord, type NoticeKind, type Want } from './records.ts';

export interface Batch {
  readonly kind: NoticeKind;
  readonly records: readonly AlertRecord[];
  readonly group: Readonly<Record<string, string>>;
  /** Alerts of the group that still fire and are known to. */
  readonly standing: number;
}

interface Group {
  readonly names: Readonly<Record<string, string>>;
  readonly ready: AlertRecord[];
  /** Alerts that were told, or are being told. */
  readonly open: AlertRecord[];
}

/** `free`: how many notices that are not urgent the receiver takes now. */
export function batchesOf(
  ready: readonly AlertRecord[],
  open: readonly AlertRecord[],
  rules: HookRules,
  now: Millis,
  free: number,
): readonly Batch[] {
  const oldestFirst = [...ready].sort((a, b) => a.wantAt - b.wantAt || worstFirst(a.message, b.message));
  if (rules.readers === 'programs') {
    return oldestFirst.map((record) => single(record, groupOf(rules, record.message)));
  }
  const batches = [...groupsOf(oldestFirst, open, rules).values()].flatMap((group) => ofGroup(group, rules, now));
  return withDigest(batches, free);
}

function single(record: AlertRecord, group: Readonly<Record<string, string>>): Batch {
  return { kind: record.want ?? 'first', records: [record], group, standing: 0 };
}

function groupsOf(
  ready: readonly AlertRecord[],
  open: readonly AlertRecord[],
  rules: HookRules,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const record of ready) {
    const names = groupOf(rules, record.message);
    const name = JSON.stringify(names);
    const group = groups.get(name) ?? { names, ready: [], open: [] };
    groups.set(name, group);
    group.ready.push(record);
  }
  for (const record of open) groups.get(JSON.stringify(groupOf(rules, record.message)))?.open.push(record);
  return groups;
}

function ofGroup({ names, ready, open }: Group, rules: HookRules, now: Millis): readonly Batch[] {
  const of = (want: Want): AlertRecord[] => ready.filter((record) => record.want === want);
  const batches: Batch[] = [];
  const add = (kind: NoticeKind, records: readonly AlertRecord[], standing = 0): void => {
    if (records.length > 0) batches.push({ kind, records, group: names, standing });
  };
  const ended = of('resolved');
  add('resolved', ended, open.filter((record) => record.message.state !== 'resolved').length);
  for (const want of ['brief', 'acknowledged', 'repeat', 'escalated', 'renew'] as const) add(want, of(want));
  const firsts = of('first');
  if (firsts.length === 0) return batches;
  const isQuiet = open.every(({ message }) => message.state === 'resolved');
  const followers = isQuiet ? firsts.slice(1) : firsts;
  if (isQuiet) add('first', [itemAt(firsts, 0)]);
  const oldest = followers[0];
  if (oldest !== undefined && now >= oldest.wantAt + rules.groupWait) add('more', followers);
  return batches;
}

/** Of what is not urgent no more notices are made than the receiver takes: the rest becomes one. */
function withDigest(batches: readonly Batch[], free: number): readonly Batch[] {
  const isFirst = ({ kind, records }: Batch): boolean =>
    isUrgent({ kind, alerts: records.map(({ message }) => message) });
  const urgent = batches.filter(isFirst);
  const others = batches.filter((batch) => !isFirst(batch) && batch.kind !== 'brief');
  const briefs = batches.filter((batch) => !isFirst(batch) && batch.kind === 'brief');
  const brief = digest(briefs, 'brief');
  if (others.length + brief.length <= free) return [...urgent, ...others, ...brief];
  if (free < 1) return urgent; // they wait, and come together
  return [...urgent, ...digest(others, 'more'), ...brief];
}

function digest(batches: readonly Batch[], kind: NoticeKind): readonly Batch[] {
  if (batches.length <= 1) return batches;
  return [{ kind, records: batches.flatMap(({ records }) => records), group: {}, standing: 0 }];
}
