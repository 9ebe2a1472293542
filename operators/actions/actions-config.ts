/** `actions`: what is to be done when something happens, by whom and by when; `dispatch`: who does what, and what comes first. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import { DOUBLE, type Scope } from '../../engine/core/expressions/expression.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import { durationText, type Section } from '../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import { CASE_KEY, CLOCK_TYPE_PREFIX } from '../clocks/clock.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import { JOURNEY_TYPE_PREFIX } from '../journeys/journey-outcome.ts';
import type { TimeConfig } from '../windows/time-config.ts';
import type { ActionConfig, CapConfig, DispatchConfig, OccasionConfig } from './action.ts';
import { ALERT_TYPE_PREFIX } from './alert-event.ts';
import { MESSAGE_FIELDS } from './action-fields.ts';
import { ACTION_SCHEMA, DISPATCH_SCHEMA } from './actions-schema.ts';

const DAY_MS = 86_400_000;
/** Meant as a name, such as care-team, and read as a difference of variables. */
const PLAIN_NAME = /^[a-z]\w*(?:-\w+)+$/i;

interface Named {
  readonly id: string;
}
interface Earlier {
  readonly time: TimeConfig;
  readonly calendars: readonly Named[];
  readonly clocks: readonly (Named & { readonly key: string })[];
  readonly journeys: readonly Named[];
  readonly rules: readonly Named[];
  readonly eventRules: readonly Named[];
}

export const ACTIONS_PART: ConfigPart<readonly ActionConfig[], Earlier> = {
  fields: {
    actions: {
      type: ['array', 'null'],
      description: 'what is to be done when something happens: surveys, follow-ups, call-backs, dispatch',
      default: [],
      items: ACTION_SCHEMA,
      maxItems: 200,
    },
  },
  read(root, checks, { time, calendars, clocks, journeys, rules, eventRules }) {
    const sections = root.sections('actions');
    reportRepeatedIds(sections, 'actions', checks.report);
    const known = [
      ...EVENT_TYPE_NAMES,
      ...clocks.map(({ id }) => CLOCK_TYPE_PREFIX + id),
      ...journeys.map(({ id }) => JOURNEY_TYPE_PREFIX + id),
      ...[...rules, ...eventRules].map(({ id }) => ALERT_TYPE_PREFIX + id),
    ];
    const ids = calendars.map(({ id }) => id);
    const ofCases = clocks.filter(({ key }) => key === CASE_KEY).map(({ id }) => CLOCK_TYPE_PREFIX + id);
    // One that is switched off is checked all the same: it may be switched on any day.
    return sections.flatMap((section) => {
      const action = readAction(section, { time, known, calendars: ids, ofCases }, checks);
      return section.flag('enabled', true) ? [action] : [];
    });
  },
};

interface Around {
  readonly time: TimeConfig;
  /** What `on` may name. */
  readonly known: readonly string[];
  readonly calendars: readonly string[];
  readonly ofCases: readonly string[];
}

function readAction(section: Section, { time, known, calendars, ofCases }: Around, checks: Checks): ActionConfig {
  const id = section.text('id', '');
  const owner = section.expression('owner', null);
  if (owner !== null && PLAIN_NAME.test(owner))
    checks.report(section.path('owner'), `a text stands in both kinds of quotes: expected '"${owner}"'`);
  else if (owner !== null) checks.expressions.event(section, 'owner', owner, 'label');
  const calendar = section.text('calendar', null);
  if (calendar !== null && !calendars.includes(calendar))
    checks.report(section.path('calendar'), `there is no calendar "${calendar}"${didYouMean(calendar, calendars)}`);
  const occasion = (name: 'unless' | 'done'): OccasionConfig | null =>
    section.has(name) ? readOccasion(section.section(name), known, checks) : null;
  const trigger = readOccasion(section, known, checks);
  const read: ActionConfig = {
    id,
    title: section.has('title') ? section.titles('title', id) : null,
    ...trigger,
    kind: section.text('kind', id),
    afterMs: section.durationMs('after', 0),
    unless: occasion('unless'),
    done: occasion('done'),
    atMost: readCap(section, checks),
    dueMs: section.has('due') ? section.durationMs('due', 0) : null,
    calendar,
    owner,
    escalate: readEscalation(section.section('escalate')),
    data: readData(section),
    keep: section.strings('keep'),
    ofCases: trigger.on.filter((type) => ofCases.includes(type)),
    expireMs: section.durationMs('expire', 30 * DAY_MS),
    allowedLatenessMs: section.durationMs('allowed_lateness', time.allowedLatenessMs),
    maxOpen: section.number('max_open', 100_000),
  };
  checkWhole(section, read, checks.report);
  return read;
}

function readOccasion(section: Section, known: readonly string[], { expressions, report }: Checks): OccasionConfig {
  const where = section.expression('where', null);
  if (where !== null) expressions.event(section, 'where', where);
  const key = section.expression('key', null);
  if (key !== null) expressions.event(section, 'key', key, 'label');
  const raw = section.raw('on');
  const on = typeof raw === 'string' ? [raw] : section.strings('on');
  on.forEach((type, i) => {
    const at = typeof raw === 'string' ? section.path('on') : section.path('on', i);
    if (!known.includes(type)) report(at, `there is no event type "${type}"${didYouMean(type, known)}`);
    else if (on.indexOf(type) < i) report(at, `the event type "${type}" is listed twice`);
  });
  return { on, where, key };
}

function readCap(section: Section, { expressions, report }: Checks): CapConfig | null {
  if (!section.has('at_most')) return null;
  const cap = section.section('at_most');
  const per = cap.expression('per', 'data.customer.id');
  expressions.event(cap, 'per', per, 'label');
  const inMs = cap.durationMs('in', 1);
  if (inMs < 1) report(cap.path('in'), 'in no time at all nothing is too often: expected at least 1ms');
  return { times: cap.number('times', 1), inMs, per, shared: cap.text('shared', null) };
}

function readEscalation(section: Section): ActionConfig['escalate'] {
  const escalation = { afterMs: section.durationMs('after', 0), to: section.text('to', null) };
  return section.flag('enabled', true) ? escalation : null;
}

function readData(section: Section): JsonObject {
  const data = section.section('data');
  const values = data.names().map((name) => [name, data.raw(name) as Json] as const);
  return Object.fromEntries(values.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)));
}

/** What only the whole of it shows. */
function checkWhole(section: Section, action: ActionConfig, report: Report): void {
  const { afterMs, unless, dueMs, calendar, expireMs, keep } = action;
  if (unless !== null && afterMs === 0)
    report(section.path('unless'), 'it leaves at once, so that nothing can withdraw it: expected `after` too');
  if (dueMs === null && calendar !== null)
    report(section.path('calendar'), 'nothing is due, so no hours count: expected `due` too');
  if (dueMs === null && section.has('escalate'))
    report(section.path('escalate'), 'nothing is due, so nothing is overdue: expected `due` too');
  if (dueMs !== null && dueMs < 1)
    report(section.path('due'), 'what is due at once is overdue at once: expected at least 1ms');
  if (dueMs !== null && dueMs >= expireMs)
    report(section.path('expire'), `it leaves the list after ${durationText(expireMs)}, before it is due`);
  keep.forEach((name, i) => {
    if (MESSAGE_FIELDS.includes(name))
      report(section.path('keep', i), `"${name}" is a field of every action: keep another, or none`);
    else if (keep.indexOf(name) < i) report(section.path('keep', i), `"${name}" is kept twice`);
  });
}

/** What `dispatch.priority` may read besides the event. */
export const PRIORITY_SCOPE = {
  tier_weight: DOUBLE,
  urgency_weight: DOUBLE,
  intensity: DOUBLE,
} as const satisfies Scope;

const URGENCY = { urgent: 4, high: 3, normal: 2, low: 1 };
const INTENSITY = { strong_negative: 3, negative: 2, neutral: 1, positive: 1, strong_positive: 1 };

export const DISPATCH_PART: ConfigPart<DispatchConfig> = {
  fields: { dispatch: DISPATCH_SCHEMA },
  read(root, { expressions }) {
    const section = root.section('dispatch');
    const priority = section.expression('priority', null);
    if (priority !== null) expressions.event(section, 'priority', priority, 'number', PRIORITY_SCOPE);
    const weights = section.section('weights');
    return {
      priority,
      weights: {
        tier: numbersOf(weights, 'tier'),
        urgency: { ...URGENCY, ...numbersOf(weights, 'urgency') },
        intensity: { ...INTENSITY, ...numbersOf(weights, 'intensity') },
      },
      owners: textsOf(section, 'owners'),
    };
  },
};

function numbersOf(section: Section, name: string): Readonly<Record<string, number>> {
  const inner = section.section(name);
  const entries = inner.names().map((key) => [key, inner.number(key, null)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, number] => entry[1] !== null));
}
function textsOf(section: Section, name: string): Readonly<Record<string, string>> {
  const inner = section.section(name);
  const entries = inner.names().map((key) => [key, inner.text(key, null)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}
