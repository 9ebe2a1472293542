import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { TEXT, TIME, type Scope } from '../../core/expressions/expression.ts';
import { compileByLibrary, compileExpression } from './cel.ts';

const event = {
  type: 'cx.survey.answered',
  channel: 'app',
  value: 79.5,
  data: {
    score: 9,
    half: 9.5,
    complaint: true,
    metric: 'csat',
    note: null,
    list: ['a', 'b'],
    nested: { x: 1 },
    talk_s: 120,
    hold_s: 30,
  },
  enrichment: { sentiment: null, issues: [{ label: 'delivery' }, { label: 'wait_time' }] },
};

describe('compileExpression', () => {
  it.each<[string, unknown]>([
    // JSON numbers are doubles, CEL literals integers: they compare by value.
    ['data.score >= 9', true],
    ['data.score > 9', false],
    ['data.score == 9', true],
    ['9 == data.score', true],
    ['data.score == 9.0', true],
    ['data.score != 9', false],
    ['data.half > 9', true],
    ['value < 80', true],
    ['data.score in [9, 10]', true],
    ['data.score in [1, 2]', false],
    ['data.complaint == true', true],
    ['data.complaint', true],
    ['!data.complaint', false],
    ['data.metric == "csat"', true],
    ['data.metric in ["nps", "csat"]', true],
    ['data["metric"] == "csat"', true],
    ['data.nested.x == 1', true],
    ['has(data.metric) && data.metric != "nps"', true],
    ['data.score >= 9 ? "promoter" : "other"', 'promoter'],
    ['channel == "app" && (data.score < 3 || data.complaint == true)', true],
    // Texts and lists are joined; integers stay integers among themselves.
    ['data.metric + "/" + channel', 'csat/app'],
    ['data.list + data.list', ['a', 'b', 'a', 'b']],
    ['7 / 2', 3],
    ['7 / 2 + data.half', 12.5],
    ['9223372036854775807 - 1 == 9223372036854775806', true],
    // Arithmetic mixes integers and doubles.
    ['data.score + 1', 10],
    ['data.score / 2', 4.5],
    ['2 * data.score - 1', 17],
    ['(data.talk_s + data.hold_s) / 60', 2.5],
    ['(data.talk_s + data.hold_s) / 60 - 1 > 1', true],
    ['size(data.list) + 1', 3],
    ['data.score + size(data.list) - 1', 10],
    ['int(data.score) % 2', 1],
    ['int(data.score) / 2', 4],
    ['data.score > 5 ? 1 : 2', 1],
    ['size(data.list)', 2],
    ['enrichment.issues.map(i, i.label)', ['delivery', 'wait_time']],
    ['enrichment.issues.exists(i, i.label == "delivery")', true],
    ['true', true],
    ['-data.score', -9],
    ['data.score', 9],
    ['data.note == null', true],
    ['data.metric == 5', false],
    ['data.complaint == 1', false],
  ])('%s is %j', (source, expected) => {
    expect(compileExpression(source)(event)).toEqual(expected);
  });

  it.each([
    'data.missing == 1',
    'data.missing.deeper == 1',
    'data.missing',
    'data.score.deeper > 1',
    'enrichment.sentiment.label == "negative"',
    'data.metric > 5',
    'data.note > 5',
    'nowhere == 1',
    '!data.missing',
    'data.missing + 1',
    'data.metric + 1',
    'data.metric * data.score',
    'data.list + data.metric',
    'data.nested + data.nested',
    'data.complaint + data.complaint',
    '9223372036854775807 + 1',
    '1 / 0',
    'true && data.missing',
    'data.missing || false',
    'data.list[7]',
  ])('%s has no value, and does not throw', (source) => {
    expect(compileExpression(source)(event)).toBeUndefined();
  });

  it('lets one side of && and || decide when the other has no value', () => {
    expect(compileExpression('data.missing == 1 || data.score == 9')(event)).toBe(true);
    expect(compileExpression('data.missing == 1 && data.score == 1')(event)).toBe(false);
    expect(compileExpression('has(data.missing) && data.missing == 1')(event)).toBe(false);
  });

  it.each([
    ['data.score >', 'Unexpected token'],
    ['', ''],
    ['data.score = 9', '='],
    ['1 + "a"', 'no such overload'],
    ['has(data)', 'has() invalid argument'],
    ['unheard_of(data.score)', 'unheard_of'],
  ])('refuses %j with a sentence', (source, part) => {
    const thrown = errorOf(() => compileExpression(source));
    expect(thrown).toBeInstanceOf(EngineError);
    expect((thrown as EngineError).code).toBe('EXPRESSION_INVALID');
    expect((thrown as EngineError).message).toContain(part);
    expect((thrown as EngineError).message).not.toContain('\n');
  });
});

// ── The closures against the library ──────────────────────────────────────────────────────────────────────────────

const paths = [
  'data.a',
  'data.b',
  'data.o.x',
  'data["a"]',
  'data.missing',
  'data.missing.y',
  'channel',
  'nowhere',
  'data.list',
  'data.o',
  'type',
];
const literals = ['1', '0', '9', '2.5', '-1', '"x"', '"app"', '""', 'true', 'false', 'null'];
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...paths),
    fc.constantFrom(...literals),
    fc
      .tuple(tie('expression'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '&&', '||'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '%'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom(...paths), fc.constantFrom('+', '-', '*', '/'), fc.constantFrom(...paths, ...literals))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom(...paths), fc.constantFrom('==', '!=', '<', '>='), fc.constantFrom(...literals))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(
        fc.constantFrom(...paths),
        fc.constantFrom('contains', 'startsWith', 'endsWith', 'matches'),
        fc.constantFrom('"app"', '"a"', '""', '"^a|x"', '"[a-p]{3}$"', '"a|x"', '5'),
      )
      .map(([a, method, text]) => `${a}.${method}(${text})`),
    fc
      .tuple(
        fc.constantFrom('getHours', 'getDayOfWeek', 'getDayOfYear', 'getDate', 'getFullYear'),
        fc.constantFrom('', '"UTC"', '"Asia/Shanghai"', '"-03:30"'),
      )
      .map(([part, zone]) => `time.${part}(${zone})`),
    fc.constantFrom(...paths).map((a) => `${a}.size()`),
    fc
      .tuple(
        fc.constantFrom('', 'double'),
        fc.constantFrom('time', 'data.a'),
        fc.constantFrom('1970-01-01T00:00:00Z', '2001-09-09T01:46:40.123Z', '1969-12-31', '9999-13-01T00:00:00Z'),
        fc.constantFrom('getMilliseconds', 'getSeconds', 'getMinutes', 'getHours'),
      )
      .map(([of, since, instant, part]) => `${of}((${since} - timestamp("${instant}")).${part}())`),
    tie('expression').map((a) => `!(${a})`),
    tie('expression').map((a) => `-(${a})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(fc.constantFrom(...paths), fc.array(fc.constantFrom(...literals), { maxLength: 3 }))
      .map(([a, list]) => `(${a} in [${list.join(', ')}])`),
    fc
      .constantFrom('data.a', 'data.o.x', 'data.missing.y', 'data.a.y', 'data.list.y', 'nowhere.y')
      .map((a) => `has(${a})`),
  ),
}));
const value = fc.constantFrom<unknown>(0, 1, 9, 2.5, -1, 'x', 'app', '', '😀x', true, false, null, 1n, 9n, [], ['x'], {
  y: 1,
});
const variables = fc.record({
  channel: fc.constantFrom('app', 'web'),
  type: fc.constantFrom('app', 'x'),
  time: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  data: fc.record(
    { a: value, b: value, o: fc.record({ x: value }), list: fc.constantFrom([], [1], ['x', 'y']) },
    { requiredKeys: [] },
  ),
});

describe('the closures', () => {
  it('give what the library gives', () => {
    let valid = 0;
    fc.assert(
      fc.property(expression, fc.array(variables, { minLength: 1, maxLength: 5 }), (source, contexts) => {
        const slow = errorOf(() => compileByLibrary(source)) === undefined ? compileByLibrary(source) : null;
        if (slow === null) return;
        valid += 1;
        const fast = compileExpression(source);
        for (const context of contexts) expect(fast(context)).toEqual(slow(context));
      }),
      { numRuns: Number(process.env['EARSHOT_CASES'] ?? 3000) },
    );
    expect(valid).toBeGreaterThan(1000);
  });
});

describe('what is known without evaluating', () => {
  /** Of the variables above; `data` holds anything. */
  const scope: Scope = { data: { kinds: ['map'] }, channel: TEXT, type: TEXT, time: TIME };
  const compiled = expression.filter((source) => errorOf(() => compileExpression(source)) === undefined);

  it('refuses no expression that has a result', () => {
    fc.assert(
      fc.property(compiled, fc.array(variables, { minLength: 1, maxLength: 5 }), (source, contexts) => {
        const evaluate = compileExpression(source);
        const why = evaluate.whyNever(scope, ['null', 'bool', 'int', 'double', 'text', 'list', 'map']);
        // Integers and instants do not occur in `data`, and what is never the same has a result: that it is not.
        const isPlain = JSON.stringify(contexts, (_, v: unknown) => (typeof v === 'bigint' ? '@int' : v));
        fc.pre(!isPlain.includes('@int') && why?.includes('never the same') !== true);
        if (why === null) return;
        // One side of && and || may decide alone, and one branch of ?: be enough: the other is refused all the same.
        fc.pre(!/&&|\|\||\?/.test(source));
        for (const context of contexts) expect(evaluate(context), `${source}: ${why}`).toBeUndefined();
      }),
      { numRuns: Number(process.env['EARSHOT_CASES'] ?? 3000) },
    );
  });

  it('denies no condition that holds for what is known', () => {
    let denied = 0;
    fc.assert(
      fc.property(compiled, variables, fc.subarray(['data', 'channel', 'type', 'time']), (source, context, names) => {
        const evaluate = compileExpression(source);
        const known = Object.fromEntries(Object.entries(context).filter(([name]) => names.includes(name)));
        if (evaluate.whenKnown(names)(known)) return;
        denied += 1;
        expect(evaluate(context)).not.toBe(true);
      }),
      { numRuns: Number(process.env['EARSHOT_CASES'] ?? 3000) },
    );
    expect(denied).toBeGreaterThan(100);
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}
