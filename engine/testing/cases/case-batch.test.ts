/**
 * The log of a helpdesk, call records and requests to a city through the engine's clocks and through a batch that was written
 * independently: first response, resolution in calendar and in business time, backlog by the hour, reopening and first-contact rates: no
 * figure differs. `EARSHOT_CASE_LOG=<csv>` adds a log of one's own (`case,activity,time`), `EARSHOT_CALL_LOG=<csv>` call records.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { parseConfig } from '../../app/config/config.ts';
import { chainOf, stagesOf } from '../../app/pipeline.ts';
import { must } from '../../core/must.ts';
import type { Outgoing, RawMessage } from '../../core/types.ts';
import { runFile } from '../../runtime/file-run.ts';
import { DAY, HOUR } from '../batch/spans.ts';
import { diceOf } from '../dice.ts';
import { silentLogger } from '../line-pipeline.ts';
import { ManualClock } from '../manual-clock.ts';
import { batchOf, type Measured } from './case-batch.ts';
import { madeCalls, readCalls } from './call-log.ts';
import { madeLog, readLog, type LogEvent } from './case-log.ts';
import { madeRequests } from './request-log.ts';

const CLOCK = (id: string, calendar: string): string => `
  - id: response${id}
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    update: {on: cx.case.assigned}
    keep: [team]
    expire: 1000d
${calendar}  - id: resolution${id}
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.resolved}
    pause: {on: cx.case.pending}
    resume: {on: cx.case.replied}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    update: {on: cx.case.assigned}
    keep: [team]
    expire: 1000d
${calendar}`;
const MEAN = (kpi: string): string =>
  `  - {id: ${kpi}, from: clock.${kpi}, where: data.outcome == "stopped", measure: {kind: mean, value: data.working_s}, window: {kind: tumbling, size: 1d}, by: [[], [team]]}`;
const CONFIG = `
scoring: {sentiment: null, issues: null}
time: {out_of_orderness: 2m, allowed_lateness: 5m}
calendars:
  - id: hours
    zone: Asia/Shanghai
    week: {mon-fri: ["09:00-12:00", "13:30-18:00"], sat: ["10:00-16:00"]}
    closed: [2026-03-11, 2026-03-20]
clocks:${CLOCK('', '')}${CLOCK('_hours', '    calendar: hours\n')}
  - {id: reopening, key: data.case, start: {on: cx.case.resolved}, stop: {on: cx.case.reopened}, once: true, expire: 7d}
  - id: contact_again
    key: data.customer.id + "/" + data.class
    start: {on: cx.case.resolved}
    stop: {on: cx.case.opened}
    expire: 604799999ms
kpis:
${['response', 'response_hours', 'resolution', 'resolution_hours'].map(MEAN).join('\n')}
  - {id: reopened, from: clock.reopening, measure: {kind: share, of: data.outcome == "stopped"}, window: {kind: tumbling, size: 1d}}
  - {id: first_contact, from: clock.contact_again, measure: {kind: share, of: data.outcome == "expired"}, window: {kind: tumbling, size: 1d}}
  - {id: backlog, measure: {kind: open, clock: resolution}, window: {kind: sliding, size: 1h, slide: 1h}}
`;

/** Arrives up to a minute late. */
function arriving(log: readonly LogEvent[], last: number): readonly string[] {
  const chance = diceOf(7);
  const all = [...log, { at: last, type: 'cx.page.viewed', case: 'end', data: { channel: 'email', page: '/' } }];
  return all
    .map((event, i) => ({ ...event, i, arrives: event.at + (event.at === last ? 60_000 : chance.below(60_000)) }))
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ at, type, data, i }) =>
      JSON.stringify({
        specversion: '1.0',
        id: `e-${String(i)}`,
        source: '/desk',
        type,
        time: new Date(at).toISOString(),
        data,
      }),
    );
}

interface Value {
  readonly kpi: string;
  readonly key: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly n: number;
  readonly window: { readonly end: string };
}

/** The last revision of each window, by KPI, team and end. */
async function engineFigures(lines: readonly string[]): Promise<ReadonlyMap<string, Value>> {
  const parsed = parseConfig(parse(CONFIG), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const { config } = parsed;
  const values = new Map<string, Value>();
  const write = (messages: readonly Outgoing[]): Promise<void> => {
    for (const { subject, data } of messages) {
      expect(subject).not.toMatch(/^cx\.(late|dlq)/);
      if (!subject.startsWith('cx.kpi.')) continue;
      const value = data as unknown as Value;
      values.set([value.kpi, value.key['team'] ?? '', value.window.end].join(' '), value);
    }
    return Promise.resolve();
  };
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    for (let at = 0; at < lines.length; at += 200)
      yield await Promise.resolve(
        lines
          .slice(at, at + 200)
          .map((line, i) => ({ subject: '', headers: {}, data: Buffer.from(line), seq: at + i + 1, stored: 0 })),
      );
  }
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: 'k' }), chain: chainOf(config), write },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, logger: silentLogger, clock: new ManualClock(0) },
    signal: new AbortController().signal,
  });
  return values;
}

const AHEAD = 8 * HOUR;
const dayEnd = (at: number): number => (Math.floor((at + AHEAD) / DAY) + 1) * DAY - AHEAD;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** By KPI, team and end of day: `[n, value]`. */
function batchFigures(log: readonly LogEvent[], last: number): ReadonlyMap<string, readonly [number, number]> {
  const { figures, open } = batchOf(log, last);
  const found = new Map<string, readonly [number, number]>();
  const put = (name: string, measured: readonly Measured[], percent: boolean): void => {
    const ends = new Set(measured.map(({ at }) => dayEnd(at)));
    for (const end of ends) {
      const values = measured.filter(({ at }) => dayEnd(at) === end).map(({ value }) => value);
      found.set(`${name} ${new Date(end).toISOString()}`, [values.length, mean(values) * (percent ? 100 : 1)]);
    }
  };
  for (const [name, measured] of Object.entries(figures)) {
    const isShare = name === 'reopened' || name === 'first_contact';
    put(`${name} `, measured, isShare);
    if (isShare) continue;
    for (const team of new Set(measured.map((one) => one.team)))
      put(
        `${name} ${team}`,
        measured.filter((one) => one.team === team),
        false,
      );
  }
  let before = 0;
  for (let end = Math.ceil((must(log[0]).at + 1) / HOUR) * HOUR; end <= last; end += HOUR) {
    const count = open.filter(([since, until]) => since < end && until >= end).length;
    // What has become empty is said once.
    if (count > 0 || before > 0) found.set(`backlog  ${new Date(end).toISOString()}`, [1, count]);
    before = count;
  }
  return found;
}

const OWN = process.env['EARSHOT_CASE_LOG'];
const OWN_CALLS = process.env['EARSHOT_CALL_LOG'];
const LOGS: readonly (readonly [string, readonly LogEvent[]])[] = [
  ['of a helpdesk', madeLog(11, 260)],
  ['of calls', madeCalls(23, 400)],
  ['of requests to a city', madeRequests(31, 260)],
  ...(OWN === undefined ? [] : [['of one’s own', readLog(readFileSync(OWN, 'utf8'))] as const]),
  ...(OWN_CALLS === undefined ? [] : [['of one’s own calls', readCalls(readFileSync(OWN_CALLS, 'utf8'))] as const]),
];

describe('a log', () => {
  it.each(LOGS)(
    '%s: no figure differs from the batch',
    async (_, log) => {
      const last = must(log.at(-1)).at + 9 * DAY;
      const [expected, found] = [batchFigures(log, last), await engineFigures(arriving(log, last))];
      const wrong = [...expected].flatMap(([name, [n, value]]) => {
        const own = found.get(name);
        const isSame =
          own !== undefined && own.value !== null && Math.abs(own.value - value) <= 1e-9 * Math.max(1, Math.abs(value));
        return isSame && (own.n === n || own.kpi === 'backlog') ? [] : [[name, n, value, own?.n, own?.value]];
      });
      expect(wrong).toEqual([]);
      expect([...found.keys()].filter((name) => !expected.has(name))).toEqual([]);
      expect(expected.size).toBeGreaterThan(400);
      if (OWN !== undefined || OWN_CALLS !== undefined)
        process.stdout.write(`${String(log.length)} events, ${String(expected.size)} figures\n`);
    },
    300_000,
  );
});
