/** All event types. One that is listed is taken in, checked, published and documented; nothing else knows their names. */
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import { caseAssigned } from './case/case-assigned.ts';
import { caseClosed } from './case/case-closed.ts';
import { caseEvaluated } from './case/case-evaluated.ts';
import { caseOpened } from './case/case-opened.ts';
import { casePending } from './case/case-pending.ts';
import { caseReopened } from './case/case-reopened.ts';
import { caseReplied } from './case/case-replied.ts';
import { caseResolved } from './case/case-resolved.ts';
import { caseSnapshot } from './case/case-snapshot.ts';
import { actionCompleted } from './control/action-completed.ts';
import { alertAcked } from './control/alert-acked.ts';
import { alertUnacked } from './control/alert-unacked.ts';
import { modelSwitched } from './control/model-switched.ts';
import { silenceCreated } from './control/silence-created.ts';
import { silenceDeleted } from './control/silence-deleted.ts';
import type { ControlEventType, EventType } from './event-type.ts';
import { feedbackPosted } from './feedback/feedback-posted.ts';
import { interactionCall } from './interaction/interaction-call.ts';
import { interactionHandoff } from './interaction/interaction-handoff.ts';
import { interactionMessage } from './interaction/interaction-message.ts';
import { journeyStep } from './journey/journey-step.ts';
import { orderCompleted } from './order/order-completed.ts';
import { orderRefunded } from './order/order-refunded.ts';
import { pageActed } from './page/page-acted.ts';
import { pageViewed } from './page/page-viewed.ts';
import { surveyAnswered } from './survey/survey-answered.ts';
import { surveySent } from './survey/survey-sent.ts';

/** What a channel may send, in the order in which people are shown them. */
export const EVENT_TYPES = [
  surveySent,
  surveyAnswered,
  feedbackPosted,
  interactionMessage,
  interactionCall,
  interactionHandoff,
  caseOpened,
  caseAssigned,
  caseReplied,
  casePending,
  caseResolved,
  caseReopened,
  caseClosed,
  caseEvaluated,
  caseSnapshot,
  orderCompleted,
  orderRefunded,
  journeyStep,
  pageViewed,
  pageActed,
] as const satisfies readonly EventType[];

/** What Earshot says to itself. */
export const CONTROL_TYPES = [
  alertAcked,
  alertUnacked,
  silenceCreated,
  silenceDeleted,
  modelSwitched,
  actionCompleted,
] as const satisfies readonly ControlEventType[];

/** E.g. `cx.survey.answered`. */
export type EventTypeName = (typeof EVENT_TYPES)[number]['type'];
/** E.g. `earshot.alert.acked`. */
export type ControlTypeName = (typeof CONTROL_TYPES)[number]['type'];

export const EVENT_TYPE_NAMES: readonly string[] = EVENT_TYPES.map(({ type }) => type);

const BY_NAME: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((known) => [known.type, known]));
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ...EVENT_TYPES.map(({ type }) => [type, secondOf(type)] as const),
  ...CONTROL_TYPES.map(({ type }) => [type, 'control'] as const),
]);

/** Of customers' events, each once. */
export const EVENT_FAMILIES: readonly string[] = [...new Set(EVENT_TYPES.map(({ type }) => secondOf(type)))];

/** `survey` of `cx.survey.answered`; `control` of Earshot's own; undefined: there is no such type. */
export function familyOf(type: string): string | undefined {
  return FAMILIES.get(type);
}

/** Whether its `score` is an answer on the usual scale of a metric. */
export function isAnswer(type: string): boolean {
  return BY_NAME.get(type)?.isAnswer === true;
}

/** Whether it says how something stands that began before it, at `opened`. */
export function isStock(type: string): boolean {
  return type === caseSnapshot.type;
}

/** The customer's own words in an event, if it has any (a bot's or an agent's message has none). */
export function wordsOf(type: string, data: JsonObject): string | null {
  const known = BY_NAME.get(type);
  const words: Json | undefined = known?.words === undefined ? data['text'] : known.words(data);
  return typeof words === 'string' && words.trim() !== '' ? words : null;
}

/** Schema of the data by type, Earshot's own included: what a validator compiles. */
export function dataSchemas(): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries([...EVENT_TYPES, ...CONTROL_TYPES].map(({ type, data }) => [type, data]));
}

/** The family stands between the dots. */
function secondOf(type: EventTypeName): string {
  return type.slice(3, type.indexOf('.', 3));
}
