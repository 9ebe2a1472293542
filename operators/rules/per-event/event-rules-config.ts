/** `event_rules`: single events that raise an alert at once, and what ends it. */
import type { JsonObject, Millis } from '../../../engine/core/types.ts';
import { didYouMean } from '../../../engine/core/text/spelling.ts';
import { isWebAddress } from '../../../engine/core/text/addresses.ts';
import {
  choice,
  DIMENSIONS_SCHEMA,
  duration,
  expression,
  object,
  text,
  titles,
} from '../../config/config-schema-forms.ts';
import type { Section, Titles } from '../../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart } from '../../config/config-part.ts';
import { CLOCK_TYPE_PREFIX } from '../../clocks/clock.ts';
import { EVENT_TYPE_NAMES } from '../../events/types/event-types.ts';
import type { RuleConfig, Severity } from '../rules-config.ts';

/** Events of some types, and whose they are. */
export interface EventRuleVerb {
  readonly on: readonly string[];
  /** CEL; null: all. */
  readonly where: string | null;
  /** CEL. */
  readonly key: string;
}
export interface EventRuleConfig {
  readonly id: string;
  readonly title: Titles;
  readonly raise: EventRuleVerb;
  /** Null: only `expire` ends it. */
  readonly resolve: EventRuleVerb | null;
  /** What of the event that raised it stands in the alert's key, beside `id`. */
  readonly by: readonly string[];
  readonly expireMs: Millis;
  readonly severity: Severity;
  readonly owner: string | null;
  readonly runbook: string | null;
}

const types: JsonObject = {
  description: 'event types, `clock.<id>` for the outcomes of a clock: one or a list',
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  maxItems: 64,
};
const verb = (description: string): JsonObject =>
  object(
    description,
    {
      on: types,
      where: { ...expression('which of these events; all unless given'), default: null },
      key: expression('whose alert it is, where these events say it otherwise; as the rule says unless given'),
    },
    ['on'],
  );

const eventRule = object(
  'events each of which raises an alert at once, one open at a time for a customer or case',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects and alerts; no rule has the same' },
    title: titles('what people read; its id unless given'),
    key: expression('whose alert it is: a customer, a case; a further event of the same adds to the open alert'),
    raise: verb('what raises it'),
    resolve: verb('what ends it'),
    by: {
      ...DIMENSIONS_SCHEMA,
      description: "dimensions of the event that stand in the alert's key beside `id`, and decide who may see it",
      default: [],
    },
    expire: duration('it ends so long after the last of its events, if nothing ends it', '1d'),
    severity: choice('how bad', 'major', ['critical', 'major', 'minor', 'info']),
    owner: text('who looks after it'),
    runbook: text('http or https address where it is written what to do'),
  },
  ['id', 'key', 'raise'],
);

interface Earlier {
  readonly rules: readonly RuleConfig[];
  /** Whose outcomes raise alerts, too. */
  readonly clocks: readonly { readonly id: string }[];
}

export const EVENT_RULES_PART: ConfigPart<readonly EventRuleConfig[], Earlier> = {
  fields: {
    event_rules: {
      type: ['array', 'null'],
      description: 'alerts of single events',
      default: [],
      items: eventRule,
      maxItems: 1000,
    },
  },
  read(root, checks, { rules, clocks }) {
    const known = [...EVENT_TYPE_NAMES, ...clocks.map(({ id }) => CLOCK_TYPE_PREFIX + id)];
    const sections = root.sections('event_rules');
    reportRepeatedIds(sections, 'event rules', checks.report);
    return sections.map((section) => readEventRule(section, rules, known, checks));
  },
};

function readEventRule(
  section: Section,
  rules: readonly RuleConfig[],
  known: readonly string[],
  checks: Checks,
): EventRuleConfig {
  const { report, expressions } = checks;
  const id = section.text('id', '');
  if (rules.some((rule) => rule.id === id)) {
    report(section.path('id'), `there is a rule with the id "${id}": their alerts would carry one name`);
  }
  const key = section.expression('key', '');
  if (section.has('key')) expressions.event(section, 'key', key, 'label');
  const runbook = section.text('runbook', null);
  if (runbook !== null && !isWebAddress(runbook)) {
    report(section.path('runbook'), 'expected an address of http or https, e.g. https://wiki.example.com/vip');
  }
  return {
    id,
    title: section.titles('title', id),
    raise: readVerb(section.section('raise'), key, known, checks),
    resolve: section.has('resolve') ? readVerb(section.section('resolve'), key, known, checks) : null,
    by: section.strings('by'),
    expireMs: section.durationMs('expire', 86_400_000),
    severity: section.choice('severity', ['critical', 'major', 'minor', 'info'], 'major'),
    owner: section.text('owner', null),
    runbook,
  };
}

function readVerb(
  section: Section,
  ofRule: string,
  known: readonly string[],
  { report, expressions }: Checks,
): EventRuleVerb {
  const one = section.text('on', null);
  const on = one === null ? section.strings('on') : [one];
  on.forEach((type, i) => {
    if (known.includes(type)) return;
    report(
      section.path('on', ...(one === null ? [i] : [])),
      `there is no event type "${type}"${didYouMean(type, known)}`,
    );
  });
  const where = section.expression('where', null);
  if (where !== null) expressions.event(section, 'where', where);
  const key = section.expression('key', ofRule);
  if (section.has('key')) expressions.event(section, 'key', key, 'label');
  return { on, where, key };
}
