/** The keys of actions and of dispatch in a configuration, with types, bounds, defaults and what each is for. */
import type { JsonObject } from '../../engine/core/types.ts';
import {
  count,
  DIMENSIONS_SCHEMA,
  duration,
  expression,
  flag,
  object,
  text,
  titles,
} from '../config/config-schema-forms.ts';

const types = {
  description:
    'event types, `clock.<id>`, `journey.<id>` for their outcomes, `alert.<rule>` for alerts: one or a list; of alerts, those that begin to fire',
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  maxItems: 64,
};
const where = { ...expression('which of these events; all unless given'), default: null };
const occasion = (description: string): JsonObject =>
  object(
    description,
    {
      on: { ...types, description: 'as in the action; of alerts, those that are resolved' },
      where,
      key: {
        ...expression("whose it is, where these events say it otherwise; as the action's unless given"),
        default: null,
      },
    },
    ['on'],
  );
const weights = (description: string): JsonObject => ({
  type: ['object', 'null'],
  description,
  default: {},
  maxProperties: 64,
  additionalProperties: { type: 'number', minimum: 0, maximum: 1_000_000 },
});

export const ACTION_SCHEMA: JsonObject = object(
  'one thing to be done',
  {
    id: { $ref: '#/$defs/id', description: 'its name' },
    title: { ...titles('what people read; its kind unless given'), default: null },
    enabled: flag('false: as if it did not stand here, such as one of a pack', true),
    on: types,
    where,
    key: {
      ...expression(
        'whose it is: that of `unless` and `done` are its own; the case, conversation or customer unless given',
      ),
      default: null,
    },
    kind: {
      $ref: '#/$defs/id',
      description:
        'what is to be done: `survey`, `follow_up`, `call_back`, `dispatch`, … : sent on `cx.actions.<kind>`',
    },
    after: duration('it is sent so long after its event', '0s'),
    unless: occasion('an event that withdraws it while it waits'),
    done: occasion('an event by which it is done'),
    at_most: object(
      'how often at most: what is more is said with `state: "suppressed"`',
      {
        times: count('so many', 1, 1, 1000),
        in: { $ref: '#/$defs/duration', description: 'in so long' },
        per: { ...expression('for whom'), default: 'data.customer.id' },
        shared: { ...text('actions that share a name count together'), maxLength: 64 },
      },
      ['in'],
    ),
    due: {
      $ref: '#/$defs/duration',
      description: 'by when it is to be done, counted from when it is sent; never unless given',
      default: null,
    },
    calendar: { ...text('whose working hours alone count for `due`; every hour unless given'), maxLength: 64 },
    owner: {
      ...expression("who is to do it; by `dispatch.owners`, then the event's own, unless given"),
      default: null,
    },
    escalate: object('what is not done by `due` is said once on `cx.actions.escalation`', {
      enabled: flag('whether it is', true),
      after: duration('so long after `due`', '0s'),
      to: { ...text('who is to know; the owner unless given'), maxLength: 200 },
    }),
    data: {
      type: ['object', 'null'],
      description: 'passed on as it is, such as which survey to send',
      default: {},
      maxProperties: 32,
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 1000 },
    },
    keep: {
      ...DIMENSIONS_SCHEMA,
      description:
        'further fields of the event that it carries; channel, region, product, store, team, agent, tier, segment, urgency and issue it always does',
      default: [],
      maxItems: 16,
    },
    expire: duration('an open one that nobody has done leaves the list so long after it was sent', '30d'),
    allowed_lateness: duration('how late an event may still ask for it', '`time.allowed_lateness`'),
    max_open: count('that wait, and that are open, at the same time', 100_000, 1, 1_000_000),
  },
  ['id', 'on', 'kind'],
);

export const DISPATCH_SCHEMA: JsonObject = object('who does what, and what comes first', {
  priority: {
    ...expression(
      'a number for each action, the highest comes first: over the event and `tier_weight`, `urgency_weight`, `intensity`',
    ),
    default: null,
  },
  weights: object('the numbers that `priority` reads; 1 for what is not named', {
    tier: weights("`tier_weight`, by the customer's tier"),
    urgency: weights('`urgency_weight`; unless given urgent 4, high 3, normal 2, low 1'),
    intensity: weights(
      '`intensity`, of the sentiment; unless given strong_negative 3, negative 2, neutral, positive and strong_positive 1',
    ),
  }),
  owners: {
    type: ['object', 'null'],
    description: 'who looks after an issue type, by its label, where the action names no owner',
    default: {},
    maxProperties: 256,
    additionalProperties: { type: 'string', minLength: 1, maxLength: 200 },
  },
});
