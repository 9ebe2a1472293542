/** `sources`: whose messages and files become events, and how. */
import { ANY_JSON, type Scope } from '../../engine/core/expressions/expression.ts';
import type { Json } from '../../engine/core/types.ts';
import { reportRepeatedIds, type Checks, type ConfigPart } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import { zoneOffset } from '../shared/zone-offset.ts';
import type { TimeConfig } from '../windows/time-config.ts';
import type { FieldRule, FieldRules, MapRule } from './map-rule.ts';
import type { Preset } from './presets/preset.ts';
import { PRESETS } from './presets/presets.ts';
import type { VerifySettings } from './proofs/proof.ts';
import { ENCODINGS, QUESTION_METRICS, SOURCES_SCHEMA, SOURCE_KINDS } from './sources-schema.ts';
import { DATE_ORDERS, type DateOrder } from './time/mapped-time.ts';
import { readVerify } from './verify-config.ts';

export interface Question {
  readonly metric: (typeof QUESTION_METRICS)[number];
  /** Added to its answers, where a tool sends the number of the option and not what it stands for. */
  readonly add: number;
  readonly scale?: { readonly min: number; readonly max: number };
}

export interface SourceConfig {
  readonly id: string;
  readonly kind: (typeof SOURCE_KINDS)[number];
  readonly preset: string | null;
  readonly verify: VerifySettings;
  readonly questions: Readonly<Record<string, Question>>;
  readonly zone: string;
  readonly dates: DateOrder | null;
  readonly maxBodyBytes: number;
  /** Of columns; null: it is found. */
  readonly delimiter: string | null;
  readonly encoding: (typeof ENCODINGS)[number];
  /** The preset's rules first. */
  readonly map: readonly MapRule[];
}

const MIB = 1024 ** 2;

export const SOURCES_PART: ConfigPart<readonly SourceConfig[], { readonly time: TimeConfig }> = {
  fields: { sources: SOURCES_SCHEMA },
  read(root, checks, { time }) {
    const sections = root.sections('sources');
    reportRepeatedIds(sections, 'sources', checks.report);
    return sections.map((section) => readSource(section, checks, time.zone));
  },
};

/** `zone`: of times that name none, where the source says nothing of that either. */
export function readSource(section: Section, checks: Checks, zone: string): SourceConfig {
  const { report } = checks;
  const kind = section.choice('kind', SOURCE_KINDS, 'webhook');
  const presetName = section.text('preset', null);
  const preset = PRESETS.find(({ name }) => name === presetName) ?? null;
  const questions = readQuestions(section, checks);
  if (preset?.needsQuestions === true && Object.keys(questions).length === 0)
    report(
      section.path('preset'),
      `${preset.name} does not say what its questions ask for: name them under \`questions\`, e.g. {q1: nps, q2: text}`,
    );
  if (preset !== null && kind === 'csv')
    report(section.path('preset'), 'presets are of webhooks: a file needs a `map`');
  const own = section.sections('map').map((one) => readRule(one, kind, checks));
  if (![...rulesOf(preset), ...own].some(({ ignore }) => !ignore)) {
    const why =
      preset === null ? 'without a preset' : `${preset.name} says how messages are signed, not what they mean`;
    report(section.path('map'), `${why}: \`map\` says what becomes of what comes`);
  }
  const delimiter = section.text('delimiter', null);
  if (delimiter !== null && !/^[^\s"\w]$|^\t$/.test(delimiter))
    report(section.path('delimiter'), 'expected one sign, such as ";", "," or "\\t"');
  const zoneOf = section.text('zone', preset?.zone ?? zone);
  if (zoneOffset(zoneOf) === undefined)
    report(section.path('zone'), `"${zoneOf}" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC`);
  const order = section.text('dates', null);
  return {
    ...{ id: section.text('id', ''), kind, preset: preset?.name ?? null, questions, zone: zoneOf, delimiter },
    verify: readVerify(section, kind === 'webhook', preset, report),
    dates: DATE_ORDERS.find((one) => one === order) ?? null,
    maxBodyBytes: section.bytes('max_body', MIB),
    encoding: section.choice('encoding', ENCODINGS, 'auto'),
    map: [...rulesOf(preset), ...own],
  };
}

const rulesOf = (preset: Preset | null): readonly MapRule[] => (preset === null ? [] : preset.map);

/** What expressions may read. */
export const WEBHOOK_SCOPE: Scope = {
  body: ANY_JSON,
  headers: { kinds: ['map'], items: { kinds: ['text'] } },
  query: { kinds: ['map'], items: { kinds: ['text'] } },
  questions: { kinds: ['map'] },
};
export const ROW_SCOPE: Scope = {
  row: { kinds: ['map'], items: { kinds: ['text'] } },
  line: { kinds: ['int', 'double'] },
  questions: { kinds: ['map'] },
};
const ITEM: Scope = { item: ANY_JSON, index: { kinds: ['int', 'double'] } };

function readRule(section: Section, kind: SourceConfig['kind'], { report, expressions }: Checks): MapRule {
  const outer = kind === 'csv' ? ROW_SCOPE : WEBHOOK_SCOPE;
  const each = section.text('each', null);
  const scope = each === null ? outer : { ...outer, ...ITEM };
  const isIgnoring = section.flag('ignore', false);
  const type = section.text('type', '');
  if (!isIgnoring && !section.has('type'))
    report(section.path('type'), 'it says no type of event, and is not to `ignore` what it takes');
  const when = section.expression('when', null);
  if (when !== null) expressions.of(section.path('when'), when, outer, 'condition');
  if (each !== null) expressions.of(section.path('each'), each, outer, 'list');
  const of = (name: 'id' | 'time' | 'key'): string | null => {
    const source = section.text(name, null);
    if (source !== null) expressions.of(section.path(name), source, scope, name === 'time' ? 'time' : 'label');
    return source;
  };
  if (kind === 'csv' && !isIgnoring && !section.has('time'))
    report(section.path('time'), 'a row says by itself when it happened: name its column, e.g. row["created"]');
  const data = readFields(section.section('data'), (at, source) => void expressions.of(at, source, scope, 'anything'));
  return { ...{ when, each, ignore: isIgnoring, type }, id: of('id'), time: of('time'), key: of('key'), data };
}

const DEEPEST = 4;

function readFields(section: Section, check: (at: Section['at'], source: string) => void, depth = 0): FieldRules {
  const fields: Record<string, FieldRule> = {};
  for (const name of section.names()) {
    const value = section.raw(name);
    if (typeof value === 'string') {
      check(section.path(name), value);
      fields[name] = value;
    } else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value;
    else if (typeof value === 'object' && value !== null && depth < DEEPEST && name !== '__proto__')
      fields[name] = readFields(section.section(name), check, depth + 1);
  }
  return fields;
}

function readQuestions(section: Section, { report }: Checks): Readonly<Record<string, Question>> {
  const given = section.section('questions');
  return Object.fromEntries(
    given.names().map((name): readonly [string, Question] => {
      const raw = given.raw(name);
      const inner = given.section(name);
      const named = typeof raw === 'string' ? raw : inner.text('metric', '');
      const metric = QUESTION_METRICS.find((one) => one === named);
      if (metric === undefined)
        report(given.path(name), `expected ${QUESTION_METRICS.join(', ')}, or {metric, add, scale}`);
      const scale = inner.section('scale');
      const [min, max] = [scale.number('min', null), scale.number('max', null)];
      return [
        name,
        {
          metric: metric ?? 'other',
          add: inner.number('add', 0),
          ...(min === null || max === null ? {} : { scale: { min, max } }),
        },
      ];
    }),
  );
}

/** What every payload or row is read with, besides itself. */
export function sourceVariables({ questions }: SourceConfig): Readonly<Record<string, Json>> {
  return { questions: questions as unknown as Json };
}
