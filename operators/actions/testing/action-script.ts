/**
 * Actions in short: `V(c1,u1)10:00` resolves case c1 of customer u1 on Monday, 2026-03-02, Shanghai time, `W` waits: time alone goes
 * on. Events arrive in the order in which they stand.
 */
import { parse } from 'yaml';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { parseConfig, type Config } from '../../../engine/app/config/config.ts';
import { openCalendars } from '../../../engine/app/open-calendars.ts';
import { fan, pipe, type ChainDef } from '../../../engine/core/chain.ts';
import { must } from '../../../engine/core/must.ts';
import type { Json, JsonObject, Millis, OutputMessage } from '../../../engine/core/types.ts';
import { PartitionTime } from '../../../engine/core/watermark.ts';
import type { Observed, Step } from '../../../engine/testing/verify-operator.ts';
import { auditOperator } from '../../audit/audit-chain.ts';
import type { WorkingTime } from '../../clocks/clock.ts';
import { clocksOperator } from '../../clocks/clocks.ts';
import { controlsOperator } from '../../controls/controls.ts';
import { dedupe } from '../../dedupe/dedupe.ts';
import { specimenEvent } from '../../kpis/testing/specimens.ts';
import { rulesOperator } from '../../rules/rules.ts';
import type { CxEnvelope, CxEvent } from '../../shared/messages.ts';
import { actionTriggers } from '../action-triggers.ts';
import { actionsOperator } from '../actions-operator.ts';
import { besideRules, type BesideRules } from '../beside-rules.ts';

const TYPES: Readonly<Record<string, { readonly type: string; readonly data?: JsonObject }>> = {
  O: { type: 'cx.case.opened' },
  A: { type: 'cx.case.replied', data: { author: 'agent' } },
  V: { type: 'cx.case.resolved' },
  R: { type: 'cx.case.reopened' },
  X: { type: 'cx.case.closed' },
  S: { type: 'cx.survey.answered', data: { survey: 's', metric: 'csat' } },
  C: { type: 'cx.interaction.call', data: { call: 'k', outcome: 'answered' } },
  D: { type: 'earshot.action.completed' },
  W: { type: 'cx.page.viewed' },
};
const STEP = /^([A-Z])(?:\(([^)]*)\))?(?:(\d\d)-(\d\d)T)?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?$/;

export function configOf(yaml: string): Config {
  const parsed = parseConfig(parse(yaml), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

/** What actions need of the chain of one partition: no KPIs, no rules. */
export function leanChain({ clocks, calendars, actions, dispatch }: Config): ChainDef<CxEvent, never> {
  const open = openCalendars(calendars);
  const calendarOf = (id: string): WorkingTime => must(open.get(id));
  const entering = fan<CxEvent, BesideRules>(controlsOperator(), actionTriggers(actions, dispatch, compileExpression));
  const rules = besideRules(rulesOperator([], [], compileExpression, 'Asia/Shanghai'), actions);
  const judging = pipe(rules, pipe(actionsOperator(actions, dispatch, compileExpression, calendarOf), auditOperator()));
  const onceOnly = dedupe<CxEvent>({ horizonMs: 3_600_000, maxIds: 1000 });
  return pipe(onceOnly, pipe(clocksOperator(clocks, compileExpression, calendarOf), pipe(entering, judging)));
}

/** In brackets the case (`c…`), the customer (`u…`), `id=…` and data: `S(c1,u1,score=2)`. */
export function eventOf(word: string, number: number): CxEnvelope {
  const [, letter = '', inside = '', month = '03', day = '02', hour = '', minute = '', second = '00', ms = '000'] =
    must(STEP.exec(word), `a step, not ${word}`);
  const { type, data } = must(TYPES[letter]);
  const ts = Date.parse(`2026-${month}-${day}T${hour}:${minute}:${second}.${ms}+08:00`);
  const parts = inside === '' ? [] : inside.split(',');
  const named = Object.fromEntries(
    parts.filter((part) => part.includes('=')).map((part) => part.split('=') as [string, string]),
  );
  const { id = `e${String(number)}`, tier, intensity, issue, urgency, ...rest } = named;
  const of = (prefix: string): string | undefined =>
    parts.find((part) => part.startsWith(prefix) && !part.includes('='));
  const [caseId, customer] = [of('c'), of('u')];
  const fields: JsonObject = {
    channel: 'app',
    ...data,
    ...(caseId === undefined ? null : { case: caseId }),
    ...(customer === undefined ? null : { customer: { id: customer, ...(tier === undefined ? null : { tier }) } }),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]): [string, Json] => [name, numberOr(value)])),
  };
  const enrichment = {
    ...(urgency === undefined ? null : { urgency: urgency as 'urgent' }),
    ...(issue === undefined ? null : { issues: [{ label: issue, confidence: 1 }] }),
    ...(intensity === undefined
      ? null
      : { sentiment: { label: 'negative', score: -1, confidence: 1, intensity: intensity as 'negative' } as const }),
  };
  const event = specimenEvent(ts, fields, { type, enrichment });
  const isControl = letter === 'D' ? ({ isControl: true } as const) : null;
  const family = letter === 'D' ? { family: 'control' } : null;
  return { ...event, id: `/s|${id}`, value: { ...event.value, ...family, source: '/s', eventId: id }, ...isControl };
}
function numberOr(text: string): Json {
  return /^\d+$/.test(text) ? Number(text) : text;
}

export function eventsOf(text: string): readonly CxEnvelope[] {
  return text.trim().split(/\s+/).map(eventOf);
}
export function stepsOf(text: string, boundMs: Millis = 2000): readonly Step<CxEvent>[] {
  const time = new PartitionTime(boundMs);
  return eventsOf(text).flatMap((event): Step<CxEvent>[] => [
    { event },
    { watermark: event.isControl === true ? time.watermark : time.observe(event.ts) },
  ]);
}

/** Everything said on `cx.actions.>`: `due survey c1 10:05`, with what else matters. */
export function shortOf(output: readonly Observed[]): readonly string[] {
  return sentShort(output.flatMap((one) => ('send' in one ? [one.send] : [])));
}
export function sentShort(sent: readonly OutputMessage[]): readonly string[] {
  return sent.flatMap(({ subject, time, data }) => {
    if (!subject.startsWith('cx.actions.')) return [];
    const fields = data as Readonly<Record<string, unknown>>;
    if (fields['name'] === undefined) return [];
    const { due, owner } = fields as { readonly due: string | null; readonly owner: string | null };
    return [
      [
        ...[String(fields['state']), subject.slice('cx.actions.'.length), String(fields['key']), clockTime(time)],
        ...(due === null ? [] : [`due ${clockTime(Date.parse(due))}`]),
        ...(owner === null ? [] : [`by ${owner}`]),
      ].join(' '),
    ];
  });
}
export function dataOf(output: readonly Observed[], place = 0): JsonObject {
  const sent = output.flatMap((one) => ('send' in one && one.send.subject.startsWith('cx.actions.') ? [one.send] : []));
  return must(sent[place], 'an action').data as JsonObject;
}

/** On the first day the time alone. */
export function clockTime(at: Millis): string {
  const text = new Date(at + 8 * 3_600_000).toISOString();
  const day = text.slice(5, 10);
  return `${day === '03-02' ? '' : `${day} `}${text.slice(11, 19)}`;
}
