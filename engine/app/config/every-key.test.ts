/** Every key that the schema knows is read, and its default is the one that the schema says. */
import { afterEach, expect, it, vi } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { Section } from '../../../operators/config/config-values.ts';
import { CONFIG_SCHEMA, parseConfig, type Config } from './config.ts';

const objects = (value: Json | undefined): readonly (readonly [string, JsonObject])[] =>
  Object.entries((value ?? {}) as Readonly<Record<string, JsonObject>>);
const itemsOf = (schema: JsonObject): JsonObject | undefined => {
  const items = schema['items'] as JsonObject | undefined;
  return items !== undefined && ['properties', 'oneOf'].some((word) => items[word] !== undefined) ? items : undefined;
};
const branchesOf = (schema: JsonObject): readonly JsonObject[] =>
  ((schema['oneOf'] ?? []) as readonly JsonObject[]).filter((branch) => branch['properties'] !== undefined);
const valuesOf = (schema: JsonObject): JsonObject | undefined => {
  const values = schema['additionalProperties'];
  return typeof values === 'object' && (values as JsonObject)['properties'] !== undefined
    ? (values as JsonObject)
    : undefined;
};

/** A name for maps that may hold any of a few. */
const NAME = 'CX_EVENTS';

/** Paths of all keys; `*` stands for a place in a list. */
function keysOf(schema: JsonObject, path = ''): readonly string[] {
  const [items, values] = [itemsOf(schema), valuesOf(schema)];
  return [
    ...objects(schema['properties']).flatMap(([name, key]) => [`${path}.${name}`, ...keysOf(key, `${path}.${name}`)]),
    ...branchesOf(schema).flatMap((branch) => keysOf(branch, path)),
    ...(items === undefined ? [] : keysOf(items, `${path}.*`)),
    ...(values === undefined ? [] : keysOf(values, `${path}.${NAME}`)),
  ];
}

/** Documents in which each key stands, with what `leaf` gives for those that hold no others. One a kind, where there are kinds. */
function samplesOf(schema: JsonObject, leaf: (schema: JsonObject, isRequired: boolean) => Json | undefined): Json[] {
  const branches = branchesOf(schema);
  if (branches.length > 0) return branches.flatMap((branch) => samplesOf(branch, leaf));
  const required = (schema['required'] ?? []) as readonly string[];
  if (schema['properties'] !== undefined) {
    const columns = objects(schema['properties']).map(([name, key]) => {
      const isLeaf = [key['properties'], itemsOf(key), valuesOf(key), branchesOf(key)[0]].every(
        (one) => one === undefined,
      );
      const value = isLeaf ? leaf(key, required.includes(name)) : undefined;
      return { name, samples: isLeaf ? (value === undefined ? [] : [value]) : samplesOf(key, leaf) };
    });
    const count = Math.max(1, ...columns.map(({ samples }) => samples.length));
    return Array.from({ length: count }, (_, i) =>
      Object.fromEntries(
        columns.flatMap(({ name, samples }) => {
          const sample = samples[i % Math.max(1, samples.length)];
          return sample === undefined ? [] : [[name, sample]];
        }),
      ),
    );
  }
  const [items, values] = [itemsOf(schema), valuesOf(schema)];
  if (items !== undefined) return [samplesOf(items, leaf)];
  return values === undefined ? [] : [{ [NAME]: samplesOf(values, leaf)[0] ?? {} }];
}

/** What can stand under a key that must be there, or `undefined`. */
function something(schema: JsonObject): Json {
  const first = (schema['enum'] as readonly Json[] | undefined)?.[0];
  const [type] = [schema['type'] ?? 'string'].flat();
  if (schema['const'] !== undefined) return schema['const'];
  if (first !== undefined) return first;
  if (type === 'array') return [];
  if (type === 'object') return {};
  return type === 'integer' || type === 'number' ? (schema['minimum'] ?? 1) : type === 'boolean' ? true : '1';
}

afterEach(() => vi.restoreAllMocks());

it('every key of the schema is read', () => {
  const raw = vi.spyOn(Section.prototype, 'raw');
  for (const document of samplesOf(CONFIG_SCHEMA, something)) parseConfig(document, compileExpression);
  const { calls, contexts } = raw.mock;
  const read = new Set(
    calls.map(([name], i) => {
      const steps = (contexts[i] as Section).at.map((step) => (typeof step === 'number' ? '*' : step));
      return ['', ...steps, name].join('.');
    }),
  );
  const keys = [...new Set(keysOf(CONFIG_SCHEMA))];
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => !read.has(key))).toEqual([]);
});

/** With an address of the right kind, and nobody to escalate to. */
function meantHook(hook: JsonObject, i: number): JsonObject {
  const { escalate: _, ...others } = hook;
  const url = hook['url'] === '1' ? { url: 'https://receiver.example' } : {};
  const mail = hook['smtp'] === undefined ? {} : { smtp: 'smtps://mail.example', to: 'a@b.example' };
  return { ...others, id: `h${i}`, ...url, ...mail };
}

/** What a clock has beside its verbs and targets, of which none has a default. */
function meantClock(clock: JsonObject, i: number): JsonObject {
  const left = ['stop', 'pause', 'resume', 'restart', 'cancel', 'update', 'again', 'target', 'calendar'];
  const others = Object.entries(clock).filter(([name]) => !left.includes(name));
  return { ...Object.fromEntries(others), id: `c${i}`, key: 'data.case', start: { on: 'cx.case.opened' } };
}

/** With a rule whose type is named, and nobody who has to prove himself. */
function meantSource(source: JsonObject, i: number): JsonObject {
  return { ...source, id: `s${i}`, verify: { scheme: 'none' }, map: [{ type: 'cx.case.opened' }] };
}

/** With two steps, of which none has a default. */
function meantJourney(journey: JsonObject, i: number): JsonObject {
  const steps = ['s1', 's2'].map((id) => ({ id, on: 'cx.journey.step' }));
  return { ...journey, id: `j${i}`, key: 'data.customer.id', steps };
}

/** With what it is about, of which nothing has a default. */
function meantEventRule(rule: JsonObject, i: number): JsonObject {
  const { resolve: _, ...others } = rule;
  return { ...others, id: `e${i}`, key: 'data.case', raise: { on: 'cx.case.opened' } };
}

/** Of an event that there is; what needs `due` is left out. */
function meantAction(action: JsonObject, i: number): JsonObject {
  const left = ['unless', 'done', 'escalate'];
  const others = Object.entries(action).filter(([name]) => !left.includes(name));
  return { ...Object.fromEntries(others), id: `a${i}`, on: 'cx.case.opened' };
}

/** Mended where the schema alone does not say what can be meant; without keys of access, which need one to be given. */
function meant(document: Json | undefined): Json {
  const {
    http,
    hooks,
    clocks,
    journeys,
    actions,
    kpis,
    rules,
    sources,
    event_rules: eventRules,
    facts,
    ...others
  } = document as JsonObject;
  const { auth: _, ...open } = http as JsonObject;
  return {
    ...others,
    http: open,
    // A wait belongs to what waits.
    facts: (facts as readonly JsonObject[]).map((fact) => ({ ...fact, miss: 'wait' })),
    hooks: (hooks as readonly JsonObject[]).map(meantHook),
    sources: (sources as readonly JsonObject[]).map(meantSource),
    clocks: (clocks as readonly JsonObject[]).map(meantClock),
    journeys: (journeys as readonly JsonObject[]).map(meantJourney),
    actions: (actions as readonly JsonObject[]).map(meantAction),
    kpis: (kpis as readonly JsonObject[]).map((kpi, i) => {
      const measure = kpi['measure'] as JsonObject;
      // A level is of a clock, and read as often as its window is long.
      const window = { kind: 'sliding', size: '1m', slide: '1m' };
      if (measure['clock'] !== undefined) return { ...kpi, id: `k${i}`, measure: { ...measure, clock: 'c0' }, window };
      const of = measure['of'] === undefined ? {} : { of: 'true' };
      const steps = Object.keys(measure).filter((name) => ['from', 'to', 'step'].includes(name));
      const journey =
        measure['journey'] === undefined
          ? {}
          : { journey: 'j0', ...Object.fromEntries(steps.map((name) => [name, 's1'])) };
      return { ...kpi, id: `k${i}`, from: 'cx.survey.answered', measure: { ...measure, ...of, ...journey } };
    }),
    rules: (rules as readonly JsonObject[]).map(({ expect: __, consecutive: ___, baseline: ____, ...rule }) => ({
      ...rule,
      kpi: 'k0',
      fire: 'true',
    })),
    event_rules: (eventRules as readonly JsonObject[]).map(meantEventRule),
  };
}

it('a key that is not written reads as the default that the schema says', () => {
  const config = (document: Json | undefined): Config => {
    const parsed = parseConfig(meant(document), compileExpression);
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    return parsed.config;
  };
  const samples = (leaf: (schema: JsonObject) => Json | undefined): readonly Json[] =>
    samplesOf(CONFIG_SCHEMA, (schema, isRequired) => (isRequired ? something(schema) : leaf(schema)));
  const [short] = samples(() => undefined);
  const [long] = samples(({ default: initial }) => initial);
  expect(JSON.stringify(long).length).toBeGreaterThan(JSON.stringify(short).length + 1000);
  expect(config(long)).toEqual(config(short));
});
