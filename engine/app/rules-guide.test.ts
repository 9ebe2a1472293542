/** docs/how-to/rules.md: its configuration holds, and over a day that has what it is about, each of its rules says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import { must } from '../core/must.ts';
import type { JsonObject } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { playThrough } from '../testing/several-partitions.ts';
import type { CxEnvelope } from '../../operators/shared/messages.ts';
import { parseConfig } from './config/config.ts';
import { NOT_SCORED } from '../../operators/shared/not-scored.ts';

const page = readFileSync(join(packageRoot(), 'docs/how-to/rules.md'), 'utf8');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday in Shanghai. */
const START = Date.UTC(2026, 2, 1, 16);

let ids = 0;
function event(at: number, type: string, data: JsonObject): CxEnvelope {
  const ts = START + at;
  const [eventId, channel, key] = [`e${String(++ids)}`, 'app', 'k'];
  const names = {
    source: '/t',
    eventId,
    type,
    family: type.split('.')[1] ?? '',
    channel,
    subjectKey: key,
    attributes: {},
  }; // every type has a family
  return {
    id: `/t|${eventId}`,
    key,
    ts,
    value: { ...names, data: { channel, ...data }, time: ts, received: ts, enrichment: NOT_SCORED },
  };
}

it('each rule of docs/how-to/rules.md finds what it is about', () => {
  const parsed = parseConfig(parse(must(/^```yaml\n([^]*?)^```/m.exec(page)?.[1])), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const events: CxEnvelope[] = [];
  // Three weeks, each with fewer who are satisfied: 90, 86 and 70 of a hundred.
  [90, 86, 70].forEach((satisfied, week) => {
    for (let i = 0; i < 100; i++) {
      const answer = {
        metric: 'csat',
        score: (i * 37) % 100 < satisfied ? 5 : 2,
        product: 'delivery',
        survey: 's',
        customer: { id: `c${String(i)}` },
      };
      events.push(event(week * 7 * DAY + i * 30_000, 'cx.survey.answered', answer));
    }
  });
  // Every quarter of an hour one complaint; then twelve customers with one.
  const complain = (at: number, customer: string): CxEnvelope =>
    event(at, 'cx.case.opened', {
      case: `s${customer}`,
      class: 'late',
      region: 'east',
      complaint: true,
      customer: { id: customer },
    });
  for (let i = 0; i < 16; i++) events.push(complain(4 * HOUR + i * 900_000, `d${String(i)}`));
  for (let i = 0; i < 12; i++) events.push(complain(8 * HOUR + i * 10_000, `e${String(i)}`));
  const unhappy = {
    text: 'never again',
    rating: { value: 1, min: 1, max: 5 },
    region: 'east',
    customer: { id: 'v1', tier: 'vip' },
  };
  events.push(event(5 * HOUR, 'cx.feedback.posted', unhappy));
  events.push(
    event(6 * HOUR, 'cx.case.closed', { case: 'x', customer: { id: 'v1' } }),
    event(22 * DAY, 'cx.page.viewed', { page: '/' }),
  );
  const inOrder = events.toSorted((a, b) => a.ts - b.ts);
  const sent = playThrough(parsed.config, inOrder, { partitions: 1, commitEvery: 100, crashEvery: 0 });
  const changes = sent
    .filter(({ subject }) => subject.startsWith('cx.alerts.'))
    .map(({ data }) => data as unknown as AlertMessage)
    .map(({ rule, state, key }) => `${rule} ${state} ${Object.values(key).join(' ')}`);
  expect(changes.filter((change) => change.includes('firing') || change.startsWith('vip'))).toEqual([
    'vip_very_unhappy firing app east v1',
    'vip_very_unhappy resolved app east v1',
    'mass_complaint firing late east',
    'csat_low firing ',
    'csat_falling firing delivery',
  ]);
});
