/**
 * Which alerts one notice tells. To programs each goes by itself. To people the first of a group and what ends go at once;
 * followers wait a few seconds for each other; what is more than the receiver takes goes as one digest.
 */
import { at as itemAt } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { Agenda, AlertGroup } from '../agenda.ts';
import type { Batch } from './batch.ts';
import type { Free } from './free-for.ts';
import { groupOf, type HookRules } from '../hook-rules.ts';
import { isUrgent } from '../notice-id.ts';
import { worstFirst, type AlertRecord, type NoticeKind, type Want } from '../records.ts';

/** Critical followers wait no longer than this, and take the others along: what is urgent is there within 5 s. */
const CRITICAL_WAIT: Millis = 3000;

/** What is neither a first one nor an end, in the order in which people are told: each want is in it. */
const OTHER: Readonly<Record<Exclude<Want, 'first' | 'resolved'>, true>> = {
  ...{ brief: true, acknowledged: true, unacknowledged: true, repeat: true, escalated: true, renew: true },
};
const OTHERS = Object.keys(OTHER) as readonly (keyof typeof OTHER)[];

function waitOf({ severity }: AlertMessage, { groupWait }: HookRules): Millis {
  return severity === 'critical' ? Math.min(groupWait, CRITICAL_WAIT) : groupWait;
}

export function batchesOf(agenda: Agenda, rules: HookRules, now: Millis, free: Free): readonly Batch[] {
  const groups = agenda.groups(free.other < 1 ? 'urgent' : 'all');
  if (rules.readers === 'people') return groupedOf(groups, rules, now, free);
  return [...groups].flatMap((group) => singlesOf(group, rules, free));
}

/** What tries a receiver that is down. What ended untold does last: when the receiver is back, all of it comes in one digest. */
export function probeOf(batches: readonly Batch[]): readonly Batch[] {
  const probe = batches.find(({ kind }) => kind !== 'brief') ?? batches[0];
  return probe === undefined ? [] : [probe];
}

/** Each alert by itself, urgent ones first, each kind in its order. */
function singlesOf(group: AlertGroup, rules: HookRules, free: Free): readonly Batch[] {
  const batches: Batch[] = [];
  const take = (records: Iterable<AlertRecord>, most: number): void => {
    let left = most;
    for (const record of records) {
      if (left-- <= 0) return;
      const kind = record.want ?? 'first';
      batches.push({ kind, records: [record], group: groupOf(rules, record.message), standing: 0 });
    }
  };
  take(group.urgent.values(), free.urgent);
  take(group.other.values(), free.other - batches.length);
  return batches;
}

/** By groups; where the receiver takes no more than so many, what is more becomes one. */
function groupedOf(groups: ReadonlySet<AlertGroup>, rules: HookRules, now: Millis, free: Free): readonly Batch[] {
  const batches = [...groups].flatMap((group) => ofGroup(group, rules, now));
  const urgent = batches.filter(isUrgentBatch);
  const others = batches.filter((batch) => !isUrgentBatch(batch) && batch.kind !== 'brief');
  const briefs = batches.filter((batch) => !isUrgentBatch(batch) && batch.kind === 'brief');
  return [...urgentDigests(urgent, free.urgent), ...otherDigests(others, digest(briefs, 'brief'), free.other)];
}

function isUrgentBatch({ kind, records }: Batch): boolean {
  return isUrgent({ kind, alerts: records.map(({ message }) => message) });
}

function ofGroup({ names, urgent, other, open }: AlertGroup, rules: HookRules, now: Millis): readonly Batch[] {
  const ready = [...urgent.values(), ...other.values()].sort(
    (a, b) => a.wantAt - b.wantAt || worstFirst(a.message, b.message),
  );
  const of = (want: Want): AlertRecord[] => ready.filter((record) => record.want === want);
  const batches: Batch[] = [];
  const add = (kind: NoticeKind, records: readonly AlertRecord[], standing = 0): void => {
    if (records.length > 0) batches.push({ kind, records, group: names, standing });
  };
  add('resolved', of('resolved'), open);
  for (const want of OTHERS) add(want, of(want));
  const firsts = of('first');
  if (firsts.length === 0) return batches;
  const isQuiet = open === 0;
  const followers = isQuiet ? firsts.slice(1) : firsts;
  if (isQuiet) add('first', [itemAt(firsts, 0)]);
  // What begins in the future by this clock is not waited for: one of the clocks is wrong.
  const isOver = ({ wantAt, message }: AlertRecord): boolean => Math.abs(now - wantAt) >= waitOf(message, rules);
  if (followers.some(isOver)) add('more', followers);
  return batches;
}

/** What ends and what begins are told apart; more than the receiver takes become one of each. */
function urgentDigests(batches: readonly Batch[], free: number): readonly Batch[] {
  if (batches.length <= free) return batches;
  if (free < 1) return []; // they wait, and come together
  const ended = batches.filter(({ kind }) => kind === 'resolved');
  const begun = batches.filter(({ kind }) => kind !== 'resolved');
  return [...digest(begun, 'more'), ...digest(ended, 'resolved')];
}

function otherDigests(batches: readonly Batch[], brief: readonly Batch[], free: number): readonly Batch[] {
  if (batches.length + brief.length <= free) return [...batches, ...brief];
  if (free < 1) return [];
  return [...digest(batches, 'more'), ...brief];
}

function digest(batches: readonly Batch[], kind: NoticeKind): readonly Batch[] {
  if (batches.length <= 1) return batches;
  const standing = kind === 'resolved' ? batches.reduce((sum, batch) => sum + batch.standing, 0) : 0;
  return [{ kind, records: batches.flatMap(({ records }) => records), group: {}, standing }];
}
