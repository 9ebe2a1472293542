/** What `/openapi.json` says of the story of a case. */
import type { JsonObject } from '../../core/types.ts';
import { CASE_STATES } from '../../core/cases/case-story-form.ts';
import { instant, list, object, text } from './schema-forms.ts';

const textOrNull = { type: ['string', 'null'] } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const numberOrNull = { type: ['number', 'null'] } as const;
const flagOrNull = { type: ['boolean', 'null'] } as const;
const flag = { type: 'boolean' } as const;
const seconds = { type: 'number' } as const;
const key = { type: 'object', additionalProperties: text } as const;
const state = { enum: [...CASE_STATES] };
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });

export const CASE_SCHEMAS: JsonObject = {
  CaseStory: object({
    case: text,
    state: { ...state, description: 'open 处理中, pending 待跟进, resolved 已解决, closed 已关闭' },
    since: instant,
    opened: { ...instantOrNull, description: 'null: before all that is kept' },
    reopened: { type: 'integer' },
    owner: textOrNull,
    class: textOrNull,
    priority: textOrNull,
    complaint: flagOrNull,
    satisfied: flagOrNull,
    customer: { type: ['object', 'null'] },
    key,
    steps: list(
      object({
        at: instant,
        event: text,
        from: orNull(state),
        to: state,
        by: { ...textOrNull, description: 'customer, agent or bot, where the event says so' },
        agent: textOrNull,
        owner: textOrNull,
        illegal: { ...flag, description: 'no case goes this way by itself: an event is missing, or wrong' },
        key,
      }),
    ),
    illegal: { type: 'object', additionalProperties: { type: 'integer' }, description: 'illegal steps by kind' },
    clocks: list(
      object({
        clock: text,
        title: object({ 'zh-CN': text, en: text }),
        run: { type: 'integer' },
        state: { enum: ['running', 'paused', 'stopped', 'cancelled', 'expired'] },
        started: instant,
        ended: instantOrNull,
        due: instantOrNull,
        target_s: numberOrNull,
        elapsed_s: seconds,
        working_s: seconds,
        paused_s: seconds,
        over_s: numberOrNull,
        met: flagOrNull,
        breached: flag,
        warned: list({ type: 'integer' }),
      }),
    ),
    actions: list(
      object({
        at: instant,
        id: text,
        kind: text,
        name: textOrNull,
        title: { type: ['object', 'null'] },
        state: { ...text, description: 'due, done, suppressed, withdrawn, expired' },
        owner: textOrNull,
        due: instantOrNull,
        reason: textOrNull,
        done: { type: ['object', 'null'], description: 'when, and by whom or which event' },
        key,
      }),
    ),
    entries: list(
      object({
        at: instant,
        type: text,
        id: text,
        channel: text,
        author: textOrNull,
        agent: textOrNull,
        text: { ...textOrNull, description: 'masked' },
        score: { type: ['object', 'null'] },
        sentiment: { type: ['object', 'null'] },
        issues: list({ type: 'object' }),
        urgency: textOrNull,
        key,
      }),
    ),
    hidden: { type: 'integer', description: 'entries and actions outside the scope of whoever asks' },
    complete: { ...flag, description: 'false: older events or actions are not here' },
    as_of: instant,
  }),
};
