/** The keys of one clock in a configuration, with types, bounds, defaults and what each is for. */
import type { JsonObject } from '../../engine/core/types.ts';
import {
  choice,
  count,
  DIMENSIONS_SCHEMA,
  duration,
  expression,
  flag,
  object,
  titles,
} from '../config/config-schema-forms.ts';

const types = {
  description: 'event types: one or a list',
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
      key: expression('whose clock it is, where these events say it otherwise; as the clock says unless given'),
    },
    ['on'],
  );
const when = {
  ...expression('for which it holds: reads `data.`, `enrichment.` and `channel`; all unless given'),
  default: null,
};

export const CLOCK_SCHEMA: JsonObject = object(
  'one clock',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects, and in `from: clock.<id>`' },
    title: titles('what people read; its id unless given'),
    key: expression('whose clock it is: a case, a conversation, a customer'),
    start: verb('begins a run, unless one is open'),
    stop: verb('ends it'),
    pause: verb('time does not count from here'),
    resume: verb('it counts again'),
    restart: verb('begins a new run; one that is open goes without an ending'),
    cancel: verb('ends it unjudged'),
    again: verb(
      'ends the open run as `stop` does and begins the next at the same instant, or begins one: what happens again',
    ),
    update: verb('brings newer values of what is kept, nothing else'),
    calendar: {
      description: 'working hours that count: an id, or a list of `{when, use}`; every hour unless given',
      type: ['string', 'array'],
      default: null,
      items: object('one calendar', { when, use: { $ref: '#/$defs/id', description: 'its id' } }, ['use']),
      minItems: 1,
      maxItems: 32,
    },
    target: {
      description: 'within which working time it should stop: the first whose `when` holds',
      type: 'array',
      default: [],
      items: object('one target', { when, within: { $ref: '#/$defs/duration', description: 'working time' } }, [
        'within',
      ]),
      maxItems: 64,
    },
    warn: {
      description: 'percent of the target at which to warn',
      type: 'array',
      default: [],
      items: { type: 'integer', minimum: 1, maximum: 99 },
      maxItems: 10,
    },
    keep: {
      ...DIMENSIONS_SCHEMA,
      description: 'fields that outcomes carry, as the newest event of the run has them',
      default: [],
      maxItems: 16,
    },
    expire: duration('a run that nothing stops ends so, and its end is remembered so long', '90d'),
    once: flag('only the first start of a key counts', false),
    on_change: choice('runs that are open when the target is changed: keep theirs, or move to the new one', 'keep', [
      'keep',
      'move',
    ]),
    allowed_lateness: duration('how late an event may still change what was reported', '`time.allowed_lateness`'),
    max_keys: count(
      'keys that are open or remembered; past it those that ended first are forgotten',
      1_000_000,
      1,
      10_000_000,
    ),
  },
  ['id', 'key', 'start'],
);
