/** What is amiss though the engine works: whose clock is wrong, whether events come too late, which hooks fail. */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { Degradation } from '../core/wire.ts';
import type { WorkingCalendar } from '../../operators/calendars/working-calendar.ts';
import type { ClockFindings, SourceAhead } from '../core/partition/clock-findings.ts';
import type { PartitionStats } from '../core/partition/stats.ts';
import type { SharingInstance } from '../runtime/sharing/sharing.ts';
import type { HookStatus } from '../gateway/gateway-ports.ts';

/** So many sources, or hooks, are named. */
export const MOST_NAMED = 3;
/** Less is how clocks of machines differ. */
const BROKER_AHEAD_MS = 1000;

export function clockDegradations(partitions: readonly Pick<PartitionStats, 'clocks' | 'lagMs'>[]): Degradation[] {
  const findings = partitions.map(({ clocks }) => clocks);
  const lead = -Math.min(...partitions.map(({ lagMs }) => lagMs ?? Infinity)); // null: no event yet
  return [...sourcesAhead(findings), ...mostlyLate(findings), ...(lead > BROKER_AHEAD_MS ? [timeAhead(lead)] : [])];
}

/** A hook's hint may hold its receiver's words: its reason, a stable code, is all that is said here. */
export function hookDegradations(hooks: readonly HookStatus[]): Degradation[] {
  const failing = hooks.filter(({ state }) => state === 'failing');
  if (failing.length === 0) return [];
  const whose = failing.length === 1 ? 'one hook fails' : `${String(failing.length)} hooks fail`;
  return [
    {
      code: 'hook',
      message: `${whose} to deliver notices: people may not learn of alerts (why, and how to mend it: GET /v1/hooks)`,
      values: { hooks: failing.length },
      about: failing.slice(0, MOST_NAMED).map(({ id, trouble }) => `${id} (${must(trouble).reason})`),
    },
  ];
}

/** Those that have what most have compute, the others stand by. */
export function instanceDegradations(instances: readonly Pick<SharingInstance, 'name' | 'isAlike'>[]): Degradation[] {
  const others = instances.filter(({ isAlike }) => !isAlike);
  if (others.length === 0) return [];
  const whose =
    others.length === 1
      ? 'one instance that shares the work has'
      : `${String(others.length)} instances that share the work have`;
  return [
    {
      code: 'instances_differ',
      message: `${whose} another configuration, version or mask key: those that have what most have compute, the others stand by, so give all the same (reload each of them)`,
      values: { instances: others.length },
      about: others.slice(0, MOST_NAMED).map(({ name }) => name),
    },
  ];
}

/** It is said when holidays are known for less than this. */
const CALENDAR_NOTICE_MS = 92 * 86_400_000;

/** Calendars whose holidays are known for a quarter more at most: days after that count as ordinary ones. */
export function calendarDegradations(
  calendars: readonly Pick<WorkingCalendar, 'id' | 'zone' | 'dataEnds'>[],
  now: Millis,
): Degradation[] {
  const ending = calendars
    .flatMap(({ id, zone, dataEnds }) => (dataEnds === null ? [] : [{ id, zone, ends: dataEnds }]))
    .filter(({ ends }) => ends - now < CALENDAR_NOTICE_MS)
    .sort((a, b) => a.ends - b.ends);
  const [first] = ending;
  if (first === undefined) return [];
  const days = Math.max(0, Math.floor((first.ends - now) / 86_400_000));
  const whose = ending.length === 1 ? 'those of one calendar' : `those of ${String(ending.length)} calendars`;
  return [
    {
      code: 'calendar_ends',
      message: `holidays are known for ${String(days)} days more (${whose}); after that each day has its ordinary hours: a newer version of Earshot may know them, or give them as \`closed\` and \`open\` with \`holidays_until\``,
      values: { calendars: ending.length, days },
      about: ending.slice(0, MOST_NAMED).map(({ id, zone, ends }) => `${id} (${lastDateBefore(ends, zone)})`),
    },
  ];
}

const lastDateBefore = (ends: Millis, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(ends - 1);

function sourcesAhead(findings: readonly ClockFindings[]): Degradation[] {
  const sources = new Map<string, SourceAhead>();
  for (const one of findings.flatMap(({ ahead }) => ahead)) {
    const known = sources.get(one.source);
    if (known === undefined || known.leadMs < one.leadMs) sources.set(one.source, one);
  }
  if (sources.size === 0) return [];
  const all = [...sources.values()].sort((a, b) => b.leadMs - a.leadMs);
  const count = `${String(all.length)}${findings.some(({ isMore }) => isMore) ? ' or more' : ''}`;
  const most = seconds(must(all[0]).leadMs);
  const whose = all.length === 1 ? 'the clock of one source runs' : `the clocks of ${count} sources run`;
  return [
    {
      code: 'clock_ahead',
      message: `${whose} ahead of the broker's, by up to ${String(most)} s: events count in their windows, and make no others late`,
      values: { sources: all.length, seconds: most },
      about: all.slice(0, MOST_NAMED).map(({ source, leadMs }) => `${nameOf(source)} (${String(seconds(leadMs))} s)`),
    },
  ];
}

function mostlyLate(findings: readonly ClockFindings[]): Degradation[] {
  const late = findings.flatMap((one) => one.late ?? []);
  if (late.length === 0) return [];
  const events = late.reduce((sum, one) => sum + one.events, 0);
  const of = late.reduce((sum, one) => sum + one.of, 0);
  return [
    {
      code: 'events_late',
      message: `most events come too late for every window: ${String(events)} of the last ${String(of)}; their times may be wrong (a zone, milliseconds for seconds), or a source far ahead of the others`,
      values: { late: events, of },
      about: [...new Set(late.flatMap(({ sources }) => sources))].slice(0, MOST_NAMED).map(nameOf),
    },
  ];
}

function timeAhead(leadMs: number): Degradation {
  const lead = seconds(leadMs);
  return {
    code: 'time_ahead',
    message: `time stands ${String(lead)} s ahead of this machine's clock: it differs from that of the machine of the broker`,
    values: { seconds: lead },
    about: [],
  };
}

const seconds = (ms: number): number => Math.round(ms / 1000);
const nameOf = (source: string): string => (source === '' ? '""' : source);
