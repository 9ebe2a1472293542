/** `journeys`: which steps customers take, and what must hold inside one of them. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { count, DIMENSIONS_SCHEMA, duration, expression, object, titles } from '../config/config-schema-forms.ts';
import { durationText, type Section } from '../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import type { TimeConfig } from '../windows/time-config.ts';
import type { JourneyConfig, StepConfig } from './journey.ts';

/** Fields of an outcome that nothing kept may be called. */
export const OUTCOME_FIELDS: readonly string[] = [
  ...[
    'journey',
    'key',
    'event',
    'step',
    'seconds',
    'since',
    'outcome',
    'started',
    'ended',
    'steps',
    'reached',
    'dropped',
    'stalls',
  ],
];
const DAY_MS = 86_400_000;

const step: JsonObject = object(
  'one step',
  {
    id: { $ref: '#/$defs/id', description: 'its name in measures' },
    on: {
      description: 'event types: one or a list',
      type: ['string', 'array'],
      items: { type: 'string' },
      minItems: 1,
      maxItems: 64,
    },
    where: { ...expression('which of these events; all unless given'), default: null },
  },
  ['id', 'on'],
);
const journey: JsonObject = object(
  'one journey',
  {
    id: { $ref: '#/$defs/id', description: 'its name in measures, and in `from: journey.<id>`' },
    title: titles('what people read; its id unless given'),
    key: expression('whose journey it is: a customer, a session'),
    steps: {
      type: 'array',
      description: 'in their order; the last completes it',
      items: step,
      minItems: 2,
      maxItems: 30,
    },
    stall: {
      ...duration('silence within a step after which it stalls: `cx.actions.journey_stalled`', '0s'),
      default: '0s',
    },
    expire: duration('a journey that is not completed ends so long after its first step', '1d'),
    keep: {
      ...DIMENSIONS_SCHEMA,
      description: 'fields that outcomes carry, as the first step that has them says',
      default: [],
      maxItems: 16,
    },
    allowed_lateness: duration('how late a step may still change what was reported', '`time.allowed_lateness`'),
    funnel: {
      $ref: '#/$defs/duration',
      description:
        'windows of its funnel (`GET /v1/journeys/<id>`): makes the KPIs `<id>_funnel`, `<id>_step_time` and `<id>_step_stalls`; none unless given',
      default: null,
    },
    max_keys: count('keys that are followed; past it further ones are not, counted', 1_000_000, 1, 10_000_000),
  },
  ['id', 'key', 'steps'],
);

export const JOURNEYS_PART: ConfigPart<readonly JourneyConfig[], { readonly time: TimeConfig }> = {
  fields: {
    journeys: {
      type: ['array', 'null'],
      description: 'the ways customers go',
      default: [],
      items: journey,
      maxItems: 200,
    },
  },
  read(root, checks, { time }) {
    const sections = root.sections('journeys');
    reportRepeatedIds(sections, 'journeys', checks.report);
    return sections.map((section) => readJourney(section, time, checks));
  },
};

function readJourney(section: Section, time: TimeConfig, checks: Checks): JourneyConfig {
  const id = section.text('id', '');
  const key = section.expression('key', '""');
  if (section.has('key')) checks.expressions.event(section, 'key', key, 'label');
  const steps = section.sections('steps');
  reportRepeatedIds(steps, 'steps', checks.report);
  const stallMs = section.durationMs('stall', 0);
  const read: JourneyConfig = {
    id,
    title: section.titles('title', id),
    key,
    steps: steps.map((inner) => readStep(inner, checks)),
    stallMs: stallMs === 0 ? null : stallMs,
    expireMs: section.durationMs('expire', DAY_MS),
    allowedLatenessMs: section.durationMs('allowed_lateness', time.allowedLatenessMs),
    keep: section.strings('keep'),
    maxKeys: section.number('max_keys', 1_000_000),
    funnel: section.text('funnel', null),
  };
  checkWhole(section, read, checks.report);
  return read;
}

function readStep(section: Section, { expressions, report }: Checks): StepConfig {
  const where = section.expression('where', null);
  if (where !== null) expressions.event(section, 'where', where);
  const raw = section.raw('on');
  const on = typeof raw === 'string' ? [raw] : section.strings('on');
  on.forEach((type, i) => {
    const at = typeof raw === 'string' ? section.path('on') : section.path('on', i);
    if (!EVENT_TYPE_NAMES.includes(type))
      report(at, `there is no event type "${type}"${didYouMean(type, EVENT_TYPE_NAMES)}`);
    else if (on.indexOf(type) < i) report(at, `the event type "${type}" is listed twice`);
  });
  return { id: section.text('id', ''), on, where };
}

function checkWhole(section: Section, { stallMs, expireMs, keep }: JourneyConfig, report: Report): void {
  if (expireMs < 1)
    report(section.path('expire'), 'a journey that ends as it begins has no steps: expected at least 1ms');
  else if (stallMs !== null && stallMs >= expireMs)
    report(section.path('stall'), `it ends after ${durationText(expireMs)}, before anybody stalls`);
  keep.forEach((name, i) => {
    if (OUTCOME_FIELDS.includes(name))
      report(
        section.path('keep', i),
        `"${name}" is a field of every outcome: keep it under another name, or not at all`,
      );
    else if (keep.indexOf(name) < i) report(section.path('keep', i), `"${name}" is kept twice`);
  });
}
