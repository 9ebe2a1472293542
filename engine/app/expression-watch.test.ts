import { expect, test } from 'vitest';
import { exposition } from '../core/metrics.ts';
import { ExpressionWatch, LEAST_EVALUATIONS, OVERRUN_SAID_MS } from './expression-watch.ts';

const times = (count: number, run: () => void): void => {
  for (let i = 0; i < count; i++) run();
};

test('an expression that never gave a result in a thousand events is named by its place, until it gives one', () => {
  const watch = new ExpressionWatch();
  const where = watch.compile('data.chanel == "app"', 'kpis[csat].where');
  watch.compile('data.score', 'kpis[csat].measure.value')({ data: { score: 5 } });
  times(LEAST_EVALUATIONS - 1, () => where({ data: { channel: 'app' } }));
  expect(watch.degradations(0)).toEqual([]);
  where({ data: { channel: 'app' } });
  expect(watch.degradations(0)).toEqual([
    {
      code: 'expression_silent',
      message: 'an expression of the configuration never gave a result: a field may be misspelt',
      values: { expressions: 1 },
      about: ['kpis[csat].where'],
    },
  ]);
  // False is a result too.
  where({ data: { chanel: 'web' } });
  expect(watch.degradations(0)).toEqual([]);
});

test('a rule is named after a hundred values already, and a file after as many as it is asked for', () => {
  const watch = new ExpressionWatch();
  const fire = watch.compile('low > 80', 'rules[low].fire');
  times(99, () => fire({ value: 90 }));
  expect([watch.degradations(0), watch.degradations(0, 10)]).toMatchObject([[], [{ about: ['rules[low].fire'] }]]);
  fire({ value: 90 });
  expect(watch.degradations(0)).toMatchObject([{ about: ['rules[low].fire'] }]);
});

test("a source's is named after a hundred webhooks, and nothing of before is held against a changed configuration", () => {
  const watch = new ExpressionWatch();
  const [of, joined] = [
    watch.compile('body.usr', 'sources[desk].map[0].data.customer.id'),
    watch.compile('data.none', 'facts[c].key'),
  ];
  times(100, () => of({ body: { user: 'u' } }));
  times(LEAST_EVALUATIONS, () => joined({ data: {} }));
  const of2 = (now: number): readonly string[] => watch.degradations(now)[0]?.about ?? [];
  expect(of2(0)).toEqual(['sources[desk].map[0].data.customer.id', 'facts[c].key']);
  watch.restart();
  expect(of2(0)).toEqual(['facts[c].key']);
});

test('an expression that is compiled again, for another partition or after a restart, counts at the same place', () => {
  const watch = new ExpressionWatch();
  const [one, two] = [0, 1].map(() => watch.compile('data.none', 'kpis[a].measure.value'));
  times(LEAST_EVALUATIONS / 2, () => one?.({ data: {} }));
  times(LEAST_EVALUATIONS / 2, () => two?.({ data: {} }));
  expect(watch.degradations(0)).toMatchObject([{ values: { expressions: 1 } }]);
});

test('evaluations given up for taking too many steps are said for ten minutes after the last', () => {
  const watch = new ExpressionWatch();
  const all = watch.compile('data.list.all(a, data.list.exists(b, a == b))', 'kpis[a].where');
  const list = Array.from({ length: 2000 }, (_, i) => `x${String(i)}`);
  all({ data: { list } });
  expect(watch.degradations(1000)).toMatchObject([{ code: 'expression_too_long', about: ['kpis[a].where'] }]);
  all({ data: { list: ['x'] } });
  expect(watch.degradations(999 + OVERRUN_SAID_MS)).toHaveLength(1);
  expect(watch.degradations(1000 + OVERRUN_SAID_MS)).toEqual([]);
});

test('three places are named at most, the metrics count every one, and neither holds what an expression says', () => {
  const watch = new ExpressionWatch();
  for (const id of ['a', 'b', 'c', 'd']) {
    const value = watch.compile('data.secret_field', `kpis[${id}].measure.value`);
    times(LEAST_EVALUATIONS, () => value({ data: { other: 'c-77' } }));
  }
  const [degraded] = watch.degradations(0);
  expect(degraded).toMatchObject({ values: { expressions: 4 }, about: { length: 3 } });
  const metrics = exposition(watch.families());
  expect(metrics).toContain('earshot_expression_evaluations_total{place="kpis[d].measure.value"} 1000\n');
  expect(metrics).toContain('earshot_expression_without_result_total{place="kpis[d].measure.value"} 1000\n');
  expect(metrics).toContain('earshot_expression_overruns_total{place="kpis[d].measure.value"} 0\n');
  expect(metrics + JSON.stringify(degraded)).not.toMatch(/secret_field|c-77/);
});

test('what a thread evaluates is taken once, and counts with what its engine evaluates at the same place', () => {
  const [thread, engine] = [new ExpressionWatch(), new ExpressionWatch()];
  const [there, here] = [thread, engine].map((watch) => watch.compile('data.none', 'kpis[a].where'));
  times(LEAST_EVALUATIONS - 1, () => there?.({ data: {} }));
  engine.add(thread.takeNew());
  engine.add(thread.takeNew());
  expect(engine.degradations(0)).toEqual([]);
  here?.({ data: {} });
  expect(engine.degradations(0)).toMatchObject([{ about: ['kpis[a].where'] }]);
  there?.({ data: { none: 1 } });
  engine.add(thread.takeNew());
  expect(engine.degradations(0)).toEqual([]);
  expect(thread.takeNew()).toEqual([]);
});

test('a thread counts at places that its engine does not compile', () => {
  const [thread, engine] = [new ExpressionWatch(), new ExpressionWatch()];
  thread.compile('data.none', 'facts[c].key')({ data: {} });
  engine.add(thread.takeNew());
  expect(exposition(engine.families())).toContain('earshot_expression_without_result_total{place="facts[c].key"} 1\n');
});
