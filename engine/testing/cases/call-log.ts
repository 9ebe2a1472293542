/**
 * Call records as cases: a call is opened when it comes in, answered after its wait, resolved when the talk ends, where it was; one that
 * nobody took is closed. In the shape in which telephone systems export them; made by chance from a seed, and from a file of such rows.
 */
import { DAY, HOUR } from '../batch/spans.ts';
import { diceOf } from '../dice.ts';
import { apart, type LogEvent } from './case-log.ts';

interface Call {
  readonly id: string;
  readonly at: number;
  readonly agent: string;
  readonly topic: string;
  /** null: nobody took it. */
  readonly waitedS: number | null;
  readonly talkedS: number;
  readonly isResolved: boolean;
}

const CALLERS = 400;

function eventsOf({ id, at, agent, topic, waitedS, talkedS, isResolved }: Call, caller: number): readonly LogEvent[] {
  const data = { channel: 'phone', case: id, class: topic, team: agent, customer: { id: `u-${String(caller)}` } };
  const event = (seconds: number, type: string, more: LogEvent['data'] = {}): LogEvent => ({
    ...{ at: at + seconds * 1000, type: `cx.case.${type}`, case: id },
    data: { ...data, ...more },
  });
  const opened = event(0, 'opened');
  // How long somebody waited who gave up is not recorded.
  if (waitedS === null) return [opened, event(2, 'closed')];
  const answered = event(waitedS, 'replied', { author: 'agent' });
  return isResolved ? [opened, answered, event(waitedS + talkedS, 'resolved')] : [opened, answered];
}

/** Nine to six, with a rush at ten and at three. */
export function madeCalls(seed: number, count: number): readonly LogEvent[] {
  const chance = diceOf(seed);
  const start = Date.parse('2026-03-02T09:00:00+08:00');
  const events = Array.from({ length: count }, (_, i) => {
    const rush = chance.of([0, 1, 1, 2, 4, 6, 6, 7]);
    const call: Call = {
      ...{ id: `l-${String(i)}`, at: start + chance.below(24) * DAY + rush * HOUR + chance.below(HOUR) },
      ...{ agent: chance.of(['dan', 'joe', 'jim', 'kim']), topic: chance.of(['payment', 'contract', 'support']) },
      ...{ waitedS: chance.percent(81) ? 10 + chance.below(115) : null, talkedS: 30 + chance.below(390) },
      isResolved: chance.percent(88),
    };
    return eventsOf(call, chance.below(CALLERS));
  });
  return apart(events.flat(), chance);
}

/** Rows `id,agent,"Friday, 1 January, 2021",09:12:58,topic,Y,Y,109,143,3`: answered, resolved, seconds to the answer and of talk. */
export function readCalls(csv: string): readonly LogEvent[] {
  const chance = diceOf(5);
  const rows = csv.trim().split(/\r?\n/).slice(1);
  const events = rows.map((row, i) => {
    const [id = '', agent = '', , time = '', topic = '', answered, resolved, waited = '', talked = ''] = row
      .replace(/"[^"]*"/, '')
      .split(',');
    const day = /\d+ \w+, \d{4}/.exec(row)?.[0] ?? ''; // no day is no instant, which fails
    const at = Date.parse(`${day} ${time} +0800`);
    const call = { id, at, agent, topic, waitedS: answered === 'Y' ? Number(waited) : null, talkedS: Number(talked) };
    return eventsOf({ ...call, isResolved: resolved === 'Y' }, (i * 7919) % CALLERS);
  });
  return apart(events.flat(), chance);
}
