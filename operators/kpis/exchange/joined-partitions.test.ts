/** A KPI that joins several partitions, each at its own time: what it says of windows that began before, of any of them. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { Chain, fingerprintsOf, pipe } from '../../../engine/core/chain.ts';
import type { Collector, OutputMessage, State } from '../../../engine/core/types.ts';
import { InputsTime } from '../../../engine/core/watermark.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../../shared/messages.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { Rehearsal } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';
import { combinedKpis, inputsOperator } from './combine.ts';
import { readPartial } from './partial-message.ts';
import { partialsOperator } from './partials.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const window = { kind: 'tumbling', sizeMs: 1000 } as const;
const kept = specimenKpi({ id: 'kept', window });
const voices = specimenKpi({ id: 'voices', window, from: ['cx.feedback.posted'] });

const surveys = (ts: number): ReturnType<typeof specimenEvent> => specimenEvent(ts);
const feedback = (ts: number): ReturnType<typeof specimenEvent> =>
  specimenEvent(ts, {}, { type: 'cx.feedback.posted' });

/** A life of one partition under these KPIs, over what the life before saved. */
function partition(number: number, kpis: readonly KpiConfig[], before?: Rehearsal): Rehearsal {
  const def = partialsOperator(kpis, { ...options, partitions: 2 });
  const rehearsal = new Rehearsal<CxEvent>(def);
  const saved: readonly State[] = before === undefined ? [] : [...(before.operator.snapshot?.() ?? [])];
  rehearsal.operator = def.create({ partition: number }, saved.length === 0 ? undefined : saved);
  if (before !== undefined) rehearsal.resumeAt(before);
  return rehearsal;
}

class Combining {
  /** Of voices, and of kept. */
  readonly lines: string[] = [];
  readonly ofKept: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly #time = new InputsTime(2);
  #chain: Chain<Parameters<ReturnType<typeof chainOf>['event']>[0]['value'], KpiValue | KpiBirth>;
  #kpis: readonly KpiConfig[];
  #seq = 0;

  constructor(kpis: readonly KpiConfig[]) {
    this.#kpis = kpis;
    this.#chain = chainOf(kpis, this.#out());
  }
  restart(kpis: readonly KpiConfig[]): void {
    const parts: Record<string, State[]> = {};
    for (const [name, part] of this.#chain.snapshot()) (parts[name] ??= []).push(part);
    const { watermark } = this.#chain;
    const fingerprints = fingerprintsOf(defOf(this.#kpis));
    this.#kpis = kpis;
    this.#chain = chainOf(kpis, this.#out(), { parts, fingerprints, watermark });
  }
  read(from: Rehearsal, isIdle = false): void {
    from.commit(isIdle);
    for (const { subject, data } of from.outputs.messages.splice(0)) {
      if (!subject.startsWith('cx.partial.')) continue;
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      this.#seq += 1;
      const { items, reported } = readPartial({ subject, headers: {}, data: bytes, seq: this.#seq, stored: 0 });
      for (const item of items) if ('event' in item) this.#chain.event(item.event);
      if (reported !== undefined) this.#chain.advance(this.#time.report(reported));
    }
  }
  #out(): Collector<KpiValue | KpiBirth> {
    const none = (): void => undefined;
    const send = ({ subject, data }: OutputMessage): void => {
      if (!subject.startsWith('cx.kpi.')) return;
      const lines = subject === 'cx.kpi.voices' ? this.lines : this.ofKept;
      const { window: of, n, partial } = data as unknown as { window: { start: string }; n: number; partial?: boolean };
      lines.push(`${String(Date.parse(of.start))}: ${String(n)}${partial === true ? ' partial' : ''}`);
    };
    const count = (name: string): void => {
      if (name.startsWith('partials_')) this.counts[name] = (this.counts[name] ?? 0) + 1; // none yet
    };
    return { emit: none, send, forward: none, show: none, urgent: none, count };
  }
}
const defOf = (kpis: readonly KpiConfig[]): ReturnType<typeof pipeOf> => pipeOf(kpis);
function pipeOf(kpis: readonly KpiConfig[]) {
  return pipe(inputsOperator(kpis, options), combinedKpis(kpis, options));
}
function chainOf(
  kpis: readonly KpiConfig[],
  out: Collector<KpiValue | KpiBirth>,
  saved?: ConstructorParameters<typeof Chain>[3],
) {
  return new Chain(pipeOf(kpis), { partition: 65_536 }, out, saved);
}

describe('a KPI that joins several partitions', () => {
  it('is partial as far as any of them had come, in events that nothing read too', () => {
    const combining = new Combining([kept]);
    const [one, two] = [partition(0, [kept]), partition(1, [kept])];
    one.event(surveys(1100));
    two.event(surveys(1200));
    combining.read(one);
    combining.read(two);
    // No KPI reads it yet: no sums hold it.
    one.event(feedback(3500));
    combining.read(one);
    combining.restart([kept, voices]);
    const [oneNow, twoNow] = [partition(0, [kept, voices], one), partition(1, [kept, voices], two)];
    for (const ts of [3600, 4200, 5200]) oneNow.event(feedback(ts));
    for (const ts of [2300, 3700, 4300, 5300]) twoNow.event(feedback(ts));
    combining.read(oneNow);
    combining.read(twoNow);
    expect(combining.lines).toEqual(['2000: 1 partial', '3000: 2 partial', '4000: 2']);
  });

  it('is so too where a partition under the former KPIs goes on for a while, and where who combines starts again', () => {
    const combining = new Combining([kept]);
    const [one, two] = [partition(0, [kept]), partition(1, [kept])];
    one.event(surveys(1100));
    two.event(surveys(1200));
    combining.read(one);
    combining.read(two);
    combining.restart([kept, voices]);
    const oneNow = partition(0, [kept, voices], one);
    oneNow.event(feedback(2100));
    combining.read(oneNow);
    two.event(feedback(2400));
    two.event(surveys(2500));
    combining.read(two);
    const twoNow = partition(1, [kept, voices], two);
    // Said at once, also where no event comes.
    twoNow.wake(0);
    combining.read(twoNow);
    combining.restart([kept, voices]);
    for (const ts of [2700, 3200, 4200]) twoNow.event(feedback(ts));
    for (const ts of [3100, 4100]) oneNow.event(feedback(ts));
    combining.read(twoNow);
    combining.read(oneNow);
    expect(combining.lines).toEqual(['2000: 2 partial', '3000: 2']);
  });

  it('tells no window as whole before every partition has said when it joined', () => {
    const combining = new Combining([kept]);
    const [one, two] = [partition(0, [kept]), partition(1, [kept])];
    one.event(surveys(900));
    two.event(surveys(950));
    combining.read(one);
    combining.read(two);
    // What two hears here, no KPI counts, and no sums tell of it.
    two.event(feedback(3100));
    combining.restart([kept, voices]);
    const oneNow = partition(0, [kept, voices], one);
    // Two is silent, and holds nobody up.
    combining.read(two, true);
    for (const ts of [2300, 3400, 4500]) oneNow.event(feedback(ts));
    combining.read(oneNow);
    combining.restart([kept, voices]);
    expect(combining.lines).toEqual(['2000: 1 partial', '3000: 1 partial']);
    const twoNow = partition(1, [kept, voices], two);
    combining.read(twoNow);
    combining.restart([kept, voices]);
    for (const ts of [4600, 5700, 6800]) oneNow.event(feedback(ts));
    combining.read(oneNow);
    expect(combining.lines.slice(2)).toEqual(['4000: 2', '5000: 1']);
  });

  it('and all others are partial as far as partitions had come under KPIs that who combines has not saved', () => {
    const [one, two] = [partition(0, [kept]), partition(1, [kept])];
    one.event(surveys(1100));
    one.event(feedback(2100));
    one.event(surveys(2200));
    two.event(surveys(1200));
    // Killed before its first commit; then the configuration changes.
    const combining = new Combining([kept, voices]);
    combining.read(one);
    combining.read(two);
    const [oneNow, twoNow] = [partition(0, [kept, voices], one), partition(1, [kept, voices], two)];
    for (const ts of [2300, 3600, 4200, 5200]) oneNow.event(feedback(ts));
    for (const ts of [2400, 3700, 4300, 5300]) twoNow.event(surveys(ts));
    combining.read(oneNow);
    combining.read(twoNow);
    expect(combining.lines).toEqual(['2000: 1 partial', '3000: 1', '4000: 1']);
    expect(combining.ofKept).toEqual(['2000: 1 partial', '3000: 1', '4000: 1']);
    expect(combining.counts).toEqual({ partials_unknown: 2 });
  });

  it('says once that it joined, and nothing where the KPIs are the same', () => {
    const one = partition(0, [kept]);
    one.event(surveys(1100));
    one.commit();
    const same = partition(0, [kept], one);
    expect(same.operator.wakeAt?.()).toBeUndefined();
    const joined = partition(0, [kept, voices], one);
    expect(joined.operator.wakeAt?.()).toBe(0);
    joined.wake(0);
    expect(joined.outputs.messages.map(({ data }) => data)).toMatchObject([{ born: { maxTs: 1100 } }]);
    expect(partition(0, [kept, voices], joined).operator.wakeAt?.()).toBeUndefined();
  });
});
