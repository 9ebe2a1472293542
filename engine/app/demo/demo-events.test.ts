/** What the demo plays: the rate it is asked for, cases that live, and one incident of each kind over a cycle, each at its time and place. */
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import { CYCLE_MS, DEMO_INCIDENTS } from './demo-incidents.ts';
import { demoEvents } from './demo-events.ts';
import { DemoLives } from './demo-lives.ts';
import { loadTexts } from './texts.ts';
import type { Happening, IncidentKind } from './visits/visits.ts';

const texts = loadTexts(packageRoot());
const START = Date.UTC(2026, 2, 2);

describe('the events of the demo', () => {
  const played: { due: number; subject: string; event: JsonObject & { data: JsonObject } }[] = [];
  beforeAll(() => {
    for (const { due, subject, data } of demoEvents(START, 40, texts)) {
      if (due >= START + 60_000) break;
      played.push({
        due,
        subject,
        event: JSON.parse(new TextDecoder().decode(data)) as (typeof played)[number]['event'],
      });
    }
  });

  it('come in order at the rate that is asked for, each with an id of its own and no later than it happened', () => {
    expect(played.length).toBeGreaterThan(0.9 * 40 * 60);
    expect(played.length).toBeLessThan(1.1 * 40 * 60);
    expect(played.map(({ due }) => due)).toEqual(played.map(({ due }) => due).sort((a, b) => a - b));
    expect(new Set(played.map(({ event }) => event['id'])).size).toBe(played.length);
    for (const { due, event } of played) {
      const happened = Date.parse(event['time'] as string);
      expect(happened).toBeLessThanOrEqual(due);
      expect(happened).toBeGreaterThan(due - 901);
    }
  });

  it('hold whole lives of cases within the minute: opened, answered, solved, asked about', () => {
    const of = new Map<string, string[]>();
    for (const { event, subject } of played) {
      const { case: id } = event.data;
      if (typeof id !== 'string') continue;
      expect(subject.endsWith(`.${id}`)).toBe(true);
      of.set(id, [...(of.get(id) ?? []), event['type'] as string]);
    }
    const whole = ['cx.case.opened', 'cx.case.assigned', 'cx.case.replied', 'cx.case.resolved', 'cx.survey.sent'];
    const lived = [...of.values()].filter((types) => whole.every((type) => types.includes(type)));
    expect(lived.length).toBeGreaterThan(5);
    for (const types of lived) expect(types[0]).toBe('cx.case.opened');
  });

  it('follow a low score with a call to the same customer, nearly always', () => {
    const low = played.filter(
      ({ event: { data }, due }) => data['metric'] === 'csat' && Number(data['score']) <= 2 && due < START + 30_000,
    );
    const called = low.filter(({ due, event }) =>
      played.some(
        (other) =>
          other.due > due &&
          other.event['type'] === 'cx.interaction.call' &&
          idOf(other.event.data) === idOf(event.data),
      ),
    );
    expect(low.length).toBeGreaterThan(5);
    expect(called.length).toBeGreaterThan(0.8 * low.length);
  });
});

describe('the incidents of a cycle', () => {
  const lived: Happening[] = [];
  beforeAll(() => {
    const lives = new DemoLives(START, 60, texts);
    for (let one = lives.before(START + CYCLE_MS); one !== undefined; one = lives.before(START + CYCLE_MS))
      lived.push(one);
  });
  const share = (kind: IncidentKind, isIn: (one: Happening) => boolean, isBad: (one: Happening) => boolean) => {
    const { fromMs, toMs } = must(DEMO_INCIDENTS.find((one) => one.kind === kind));
    const of = (during: boolean): number => {
      const all = lived.filter((one) => isIn(one) && (one.at >= START + fromMs && one.at < START + toMs) === during);
      return all.filter(isBad).length / all.length;
    };
    return { during: of(true), else: of(false) };
  };

  it('are one of each kind, none beside another', () => {
    expect(DEMO_INCIDENTS.map(({ kind }) => kind).sort()).toEqual([
      ...['bad_release', 'mass_complaint', 'overrun_phones', 'silent_channel'],
    ]);
    DEMO_INCIDENTS.forEach(({ fromMs }, i) => expect(fromMs).toBeGreaterThanOrEqual(DEMO_INCIDENTS[i - 1]?.toMs ?? 0));
    expect(DEMO_INCIDENTS.at(-1)?.toMs).toBeLessThan(CYCLE_MS);
  });

  it('many complain of being late, in the south alone', () => {
    const isOpened = ({ type }: Happening): boolean => type === 'cx.case.opened';
    const complains = ({ data }: Happening): boolean => data['complaint'] === true && data['class'] === 'late';
    const south = share('mass_complaint', (one) => isOpened(one) && one.data['region'] === 'south', complains);
    const north = share('mass_complaint', (one) => isOpened(one) && one.data['region'] === 'north', complains);
    expect(south.during).toBeGreaterThan(0.3);
    expect([south.else, north.during, north.else].every((part) => part < 0.1)).toBe(true);
  });

  it('half of the callers give up, and only then', () => {
    const isIncoming = ({ type, data }: Happening): boolean =>
      type === 'cx.interaction.call' && data['wait_s'] !== undefined;
    const phones = share('overrun_phones', isIncoming, ({ data }) => data['outcome'] === 'abandoned');
    expect(phones.during).toBeGreaterThan(0.3);
    expect(phones.else).toBeLessThan(0.08);
  });
});

function idOf({ customer }: JsonObject): unknown {
  return (customer as JsonObject | undefined)?.['id'];
}
