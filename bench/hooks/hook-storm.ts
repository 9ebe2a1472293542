/**
 * A storm: 10,000 changes of alerts in a minute to six hooks at once, one of whose receivers is dead and one slow, through the
 * real delivery and a real nats-server; the receivers are functions. Ends with exit code 1 where something was lost, said twice
 * under another id or twice, a critical or resolved notice came later than 5 s where its receiver's limit allows, or the heap grew with
 * what passed through: from a third of the storm to its end, by more than what is kept of each alert for the count of flapping (five
 * minutes). What the bench notes lies outside of the heap. `--smoke`: 6 s.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startNatsServer } from '../../engine/adapters/embedded-server/nats-server.ts';
import { HookStore } from '../../engine/adapters/hooks/hook-store.ts';
import { connectNats, pause } from '../../engine/adapters/nats/nats-connection.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { HookQueue } from '../../engine/delivery/hook-queue.ts';
import type { HookRules } from '../../engine/delivery/hook-rules.ts';
import { Inhibitions } from '../../engine/delivery/inhibition.ts';
import { alertsOf, type Outcome, type PendingNotice } from '../../engine/delivery/records.ts';
import { HookDelivery, REST_MS } from '../../engine/app/hooks/hook-delivery.ts';
import { at as itemAt, must } from '../../engine/core/must.ts';
import { percentile, record } from '../record.ts';

const isSmoke = process.argv.includes('--smoke');
const SECONDS = isSmoke ? 6 : 60;
const CHANGES = isSmoke ? 1_000 : 10_000;
const DRAIN_MS = isSmoke ? 8_000 : 20_000;
const MINUTE = 60_000;
/** Where the receiver's limit allows: of webhook and mail. */
const MOST_URGENT_MS = 5_000;
const CHANNELS = 40;
/** Of each beginning its name and time for five minutes, by six hooks; nothing of what was sent. */
const MOST_GROWTH_MB = 10;

interface Receiver {
  readonly rules: HookRules;
  readonly answer: () => Promise<Outcome>;
  /** Its limit allows each notice at once. */
  readonly isFree: boolean;
}

const DELIVERED: Outcome = { kind: 'delivered' };
const after = async (ms: number): Promise<Outcome> => {
  await sleep(ms);
  return DELIVERED;
};

function rules(id: string, readers: HookRules['readers'], rates: HookRules['rates']): HookRules {
  const common = { repeat: null, renewEvery: null, brief: 'skip', escalate: [], quiet: null } as const;
  const group = { groupBy: ['rule', 'channel'], groupWait: 5_000 };
  return { id, readers, rates, matches: () => true, ...common, ...group, expire: 24 * 3_600_000 };
}

const RECEIVERS: readonly Receiver[] = [
  { rules: rules('webhook', 'programs', []), answer: () => after(5), isFree: true },
  { rules: rules('mail', 'people', []), answer: () => after(50), isFree: true },
  { rules: rules('wecom', 'people', [{ notices: 20, per: MINUTE }]), answer: () => after(100), isFree: false },
  { rules: rules('slack', 'people', [{ notices: 1, per: 1000 }]), answer: () => after(100), isFree: false },
  {
    rules: rules('dead', 'programs', []),
    answer: () => Promise.resolve({ kind: 'refused', after: null, reason: 'network', hint: 'nobody listens' }),
    isFree: false,
  },
  { rules: rules('slow', 'programs', []), answer: () => after(2_000), isFree: false },
];

/** By the number of the alert; NaN: not yet. */
const times = (): Float64Array => new Float64Array(CHANGES).fill(Number.NaN);

/** What a hook's receiver has accepted. */
interface Notes {
  readonly firstAt: Float64Array;
  readonly lastAt: Float64Array;
  /** Of the notice that said it first: ids are hexadecimal numbers. */
  readonly firstId: Float64Array;
  readonly lastId: Float64Array;
  sent: number;
  alerts: number;
  largest: number;
  /** Notices that tell several alerts. */
  digests: number;
  /** Alerts whose beginning, or whose end, was said under two ids. */
  twice: number;
}

const notes = new Map<string, Notes>();
const noteOf = (hook: string): Notes => must(notes.get(hook), 'each hook has its notes');
const firedAt = times();
const endedAt = times();

function note(hook: string, notice: PendingNotice, at: number): void {
  const of = noteOf(hook);
  const [when, ids] = notice.kind === 'resolved' ? [of.lastAt, of.lastId] : [of.firstAt, of.firstId];
  const id = Number(`0x${notice.id.slice(1, 14)}`);
  const all = alertsOf(notice);
  of.sent++;
  of.alerts += all.length;
  of.largest = Math.max(of.largest, all.length);
  if (all.length > 1) of.digests++;
  for (const alert of all) {
    const i = Number(alert.slice(1));
    if (Number.isNaN(itemAt(when, i))) [when[i], ids[i]] = [at, id];
    else if (itemAt(ids, i) !== id) of.twice++;
  }
}

const isCritical = (i: number): boolean => i % 20 === 0;

function message(i: number, state: 'firing' | 'resolved', at: number): AlertMessage {
  const time = new Date(at).toISOString();
  return {
    ...{ alert: `a${i}`, rule: `rule_${i % 5}`, kpi: 'csat', state, previous: null, value: 70, n: 50, interval: null },
    key: { channel: `c${i % CHANNELS}`, region: `r${i}` },
    ...{ threshold: 'value < 80', window: { start: time, end: time }, since: time, at: time, reason: 'value < 80' },
    ...{ causes: [], samples: ['x'.repeat(200)], owner: 'care', runbook: null, acked: null, silenced: false },
    severity: isCritical(i) ? 'critical' : 'major',
  };
}

for (const { rules: one } of RECEIVERS) {
  const none = { sent: 0, alerts: 0, largest: 0, digests: 0, twice: 0 };
  notes.set(one.id, { firstAt: times(), lastAt: times(), firstId: times(), lastId: times(), ...none });
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What is in use, without what is garbage, in MB. */
function heapMb(): number {
  collect();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-storm-'));
const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (text: string) => void process.stderr.write(`${text}\n`),
};
const server = await startNatsServer({ store: folder, partitions: 1, logger });
const nc = await connectNats({ servers: [server.url] }, logger);
const store = await HookStore.open(nc, 1);
const ending = new AbortController();
await store.read(nc, logger, ending.signal);

const delivery = new HookDelivery({
  hooks: RECEIVERS.map(({ rules: one, answer }) => ({
    config: { id: one.id, kind: one.readers },
    queue: new HookQueue(one),
    send: async (notice: PendingNotice) => {
      const copy = structuredClone(notice);
      const outcome = await answer();
      if (outcome.kind === 'delivered') note(one.id, copy, performance.now());
      return outcome;
    },
  })),
  inhibitions: new Inhibitions([]),
  store,
  overlayOf: () => undefined,
  clock: systemClock,
  logger,
  signal: ending.signal,
  pause,
  rest: REST_MS,
  onTaken: () => undefined,
});

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
const cpu = process.cpuUsage();
const heapBefore = heapMb();
let heapAtThird: number | null = null;
const timer = setInterval(() => {
  void delivery.step().catch(() => undefined);
}, 250);

const began = performance.now();
const open: number[] = [];
for (let made = 0, seq = 0; made < CHANGES;) {
  const due = Math.min(CHANGES, Math.floor(((performance.now() - began) / 1000) * (CHANGES / SECONDS)));
  for (; made < due; made++) {
    const now = systemClock.now();
    const oldest = open[0];
    // Each alert ends some 600 changes after it began.
    if (oldest !== undefined && open.length > 600) {
      open.shift();
      endedAt[oldest] = performance.now();
      delivery.changed(message(oldest, 'resolved', now), ++seq, now, () => true);
    } else {
      firedAt[made] = performance.now();
      open.push(made);
      delivery.changed(message(made, 'firing', now), ++seq, now, () => true);
    }
  }
  await delivery.step();
  await sleep(20);
  // 600 stand from here on.
  if (made >= CHANGES / 3) heapAtThird ??= heapMb();
}
const heapAtEnd = heapMb();
await sleep(DRAIN_MS);
clearInterval(timer);
const used = process.cpuUsage(cpu);

const rounded10 = (value: number): number => Math.round(value * 10) / 10;
const rounded = (ms: number): number | null => (Number.isFinite(ms) ? Math.round(ms) : null);

function resultOf({ rules: { id }, isFree }: Receiver): Readonly<Record<string, string | number | null>> {
  const urgent: number[] = [];
  let lost = 0;
  const { firstAt, lastAt, sent, alerts, largest, digests, twice } = noteOf(id);
  let wrong = twice;
  for (let i = 0; i < CHANGES; i++) {
    const fired = itemAt(firedAt, i);
    if (Number.isNaN(fired)) continue; // that change was an end
    const [ended, first, last] = [itemAt(endedAt, i), itemAt(firstAt, i), itemAt(lastAt, i)];
    const [isOver, isSaid, isSaidOver] = [!Number.isNaN(ended), !Number.isNaN(first), !Number.isNaN(last)];
    if (isSaid && isSaidOver && last < first) wrong++;
    if (isCritical(i) && isSaid) urgent.push(first - fired);
    if (isOver && isSaid && isSaidOver) urgent.push(last - Math.max(ended, first));
    if (isFree && (isSaid ? isOver && !isSaidOver : !isOver)) lost++;
  }
  urgent.sort((a, b) => a - b);
  const [p50, p99, max] = [percentile(urgent, 0.5), percentile(urgent, 0.99), percentile(urgent, 1)].map(rounded);
  const took = { urgent_p50_ms: p50 ?? null, urgent_p99_ms: p99 ?? null, urgent_max_ms: max ?? null }; // none was said
  return { hook: id, notices: sent, alerts, digests, largest, ...took, twice, lost, wrong };
}

const results = RECEIVERS.map(resultOf);
const whole = {
  hook: 'all',
  cpu_percent: Math.round(((used.user + used.system) / 1000 / (performance.now() - began)) * 100),
  loop_p99_ms: Math.round(loop.percentile(99) / 1e5) / 10,
  loop_max_ms: Math.round(loop.max / 1e5) / 10,
  heap_third_mb: rounded10(must(heapAtThird) - heapBefore),
  heap_end_mb: rounded10(heapAtEnd - heapBefore),
  heap_drained_mb: rounded10(heapMb() - heapBefore),
  log_mb: Math.round(store.size.chars / 1e5) / 10,
  log_keys: store.size.keys,
};
record(
  isSmoke ? 'hook-storm-smoke' : 'hook-storm',
  `${CHANGES} changes of alerts in ${SECONDS} s to six hooks: webhook takes all, mail takes all, wecom 20 a minute, slack one a second, dead refuses, slow takes 2 s for each; urgent: from the change of a critical alert, or the end of one that was said, to accepted; lost: of hooks without a limit; twice: a beginning or an end under two ids; wrong: those, and an end before its beginning; heap: what is in use beyond that before the storm, after a third of it, at its end, and 20 s later; process: the delivery with its store in JetStream`,
  [...results, whole],
);
ending.abort(new Error('done'));
await nc.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
const faults = results.flatMap(({ hook, lost, wrong, urgent_p99_ms: p99 }, which) => {
  const isLate = RECEIVERS[which]?.isFree === true && !(p99 !== null && Number(p99) <= MOST_URGENT_MS);
  const found = [
    ...(Number(lost) > 0 ? [`${String(lost)} lost`] : []),
    ...(Number(wrong) > 0 ? [`${String(wrong)} wrong`] : []),
    ...(isLate ? [`urgent p99 of ${String(p99)} ms, ${MOST_URGENT_MS} wanted`] : []),
  ];
  return found.map((what) => `${String(hook)}: ${what}\n`);
});
const grown = heapAtEnd - must(heapAtThird);
if (!isSmoke && grown > MOST_GROWTH_MB)
  faults.push(`the heap grew by ${rounded10(grown)} MB, ${MOST_GROWTH_MB} wanted\n`);
process.stderr.write(faults.join(''));
process.exit(faults.length > 0 ? 1 : 0);
