/**
 * Cases in short: `O10:00:00 A10:07:30` is an opening and an agent's answer of case c1 on Monday, 2026-03-02, Shanghai time. Events
 * arrive in the order in which they stand, as over a file. `S(c1,opened=2026-03-01T10:00:00+08:00)10:00` is a snapshot,
 * `J(user=u1,step=cart)10:00` a step of a journey, `Q(user=u1,score=2)10:00` an answer.
 * Expected is written as short: see `shortOf`.
 */
import { parse } from 'yaml';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { PartitionTime } from '../../../engine/core/watermark.ts';
import { must } from '../../../engine/core/must.ts';
import type { Envelope, JsonObject, Millis } from '../../../engine/core/types.ts';
import type { Observed, Step } from '../../../engine/testing/verify-operator.ts';
import { parseConfig, type Config } from '../../../engine/app/config/config.ts';
import { dedupe } from '../../dedupe/dedupe.ts';
import { specimenEvent } from '../../kpis/testing/specimens.ts';
import type { CxEvent } from '../../shared/messages.ts';

const TYPES: Readonly<Record<string, { readonly type: string; readonly data?: JsonObject }>> = {
  O: { type: 'cx.case.opened' },
  A: { type: 'cx.case.replied', data: { author: 'agent' } },
  B: { type: 'cx.case.replied', data: { author: 'bot' } },
  M: { type: 'cx.interaction.message', data: { author: 'customer', text: '请问' } },
  N: { type: 'cx.interaction.message', data: { author: 'agent', text: '您好' } },
  P: { type: 'cx.case.pending' },
  V: { type: 'cx.case.resolved' },
  R: { type: 'cx.case.reopened' },
  X: { type: 'cx.case.closed' },
  U: { type: 'cx.case.assigned' },
  S: { type: 'cx.case.snapshot', data: { state: 'open' } },
  Z: { type: 'cx.page.viewed', data: { case: 'z' } },
  Q: { type: 'cx.survey.answered', data: { survey: 's', metric: 'csat' } },
  J: { type: 'cx.journey.step', data: { journey: 'checkout', outcome: 'entered' } },
};
const STEP = /^([A-Z])(?:\(([^)]*)\))?(?:(\d\d)-(\d\d)T)?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?$/;

/** `O(c2,priority=urgent)10:00`: in brackets the case, and data. A day is `03-06T10:00`. */
export function stepsOf(text: string, boundMs: Millis = 2000): readonly Step<CxEvent>[] {
  const time = new PartitionTime(boundMs);
  return text
    .trim()
    .split(/\s+/)
    .flatMap((word, i): Step<CxEvent>[] => {
      const event = eventOf(word, i);
      return [{ event }, { watermark: time.observe(event.ts) }];
    });
}

export function eventOf(word: string, number: number): Envelope<CxEvent> {
  const [, letter = '', inside = '', month = '03', day = '02', hour = '', minute = '', second = '00', ms = '000'] =
    must(STEP.exec(word), `a step, not ${word}`);
  const { type, data } = must(TYPES[letter]);
  const ts = Date.parse(`2026-${month}-${day}T${hour}:${minute}:${second}.${ms}+08:00`);
  const parts = inside === '' ? [] : inside.split(',');
  const named = parts.filter((part) => part.includes('='));
  const more = Object.fromEntries(named.map((part) => part.split('=') as [string, string]));
  const { id = `e${String(number)}`, tier, user, score, paused_s: paused, ...rest } = more;
  const fields: JsonObject = {
    ...{
      channel: 'web_chat',
      case: parts.find((part) => !part.includes('=')) ?? 'c1',
      conversation: 'v1',
      ...data,
      ...rest,
      ...(paused === undefined ? null : { paused_s: Number(paused) }),
      ...(score === undefined ? null : { score: Number(score) }),
    },
    ...(tier === undefined && user === undefined
      ? null
      : { customer: { id: user ?? 'u1', ...(tier === undefined ? null : { tier }) } }),
  };
  const event = specimenEvent(ts, fields, { type, channel: 'web_chat' });
  return { ...event, id: `/s|${id}`, value: { ...event.value, source: '/s', eventId: id } };
}

/** A configuration of clocks, as YAML. */
export function configOf(yaml: string): Config {
  const parsed = parseConfig(parse(yaml), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

/** Everything said of clocks: `stopped 10:00:00→10:07:30 e450 w450 p0 t7200 met r0`, `breached 12:00:00 e7200 …`, `warning 50 11:00:00`. */
export function shortOf(output: readonly Observed[], isPrefixed = false): readonly string[] {
  return output.flatMap((one) => {
    if (!('send' in one)) return [];
    const { subject, data } = one.send;
    const fields = data as Readonly<Record<string, unknown>>;
    const prefix = isPrefixed ? `${String(fields['key'])} ` : '';
    if (subject === 'cx.actions.sla_warning')
      return [
        `${prefix}warning ${String(fields['percent'])} ${clockTime(one.send.time)}${fields['state'] === 'withdrawn' ? ' withdrawn' : ''}`,
      ];
    return subject.startsWith('cx.clocks.') ? [prefix + outcomeText(fields, one.send.time)] : [];
  });
}

function outcomeText(fields: Readonly<Record<string, unknown>>, time: Millis): string {
  const seconds = ['elapsed', 'working', 'paused', 'target'].map(
    (name) => `${name.slice(0, 1)}${String(fields[`${name}_s`])}`,
  );
  const met = fields['met'] === true ? 'met' : fields['met'] === false ? 'miss' : '–';
  const from = fields['ended'] === null ? '' : `${clockTime(Date.parse(String(fields['started'])))}→`;
  const more = [
    ...(fields['late'] === true ? ['late'] : []),
    ...(fields['revision'] === 0 ? [] : [`rev ${String(fields['revision'])}`]),
    ...(fields['withdrawn'] === true ? ['withdrawn'] : []),
  ];
  return [
    String(fields['outcome']),
    from + clockTime(time),
    ...seconds,
    met,
    `r${String(fields['restarts'])}`,
    ...more,
  ].join(' ');
}

/** On the first day the time alone. */
export function clockTime(at: Millis): string {
  const text = new Date(at + 8 * 3_600_000).toISOString();
  const day = text.slice(5, 10);
  return `${day === '03-02' ? '' : `${day} `}${text.slice(11, 19)}`;
}

export const onceOnly = dedupe<CxEvent>({ horizonMs: 3_600_000, maxIds: 1000 });
