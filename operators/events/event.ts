/** From a candidate to an event that may go on: checked, masked and flagged. */
import type { Steps } from '../../engine/core/steps/steps.ts';
import type { Json, JsonObject, Millis } from '../../engine/core/types.ts';
import type { CxEnvelope, Enrichment } from '../shared/messages.ts';
import { USUAL_SCALES, type AnswerBounds } from './answer-bounds.ts';
import { BUILT_IN_CHANNELS } from './channels.ts';
import { furtherAttributes } from './checks/attributes.ts';
import { checkEvent, type Arrival, type Checked, type CheckRules } from './checks/check-event.ts';
import type { Candidate } from './contents.ts';
import type { Rejection, ValidateData } from './decode-ports.ts';
import { detectLang } from './lang.ts';
import { USUAL_LABELS } from './masking/label-names.ts';
import { createMasker, type MaskedData, type Masker } from './masking/mask.ts';
import { qualityOf, USUAL_QUALITY, type QualityRules } from './quality/quality.ts';
import { wordsOf } from './types/event-types.ts';
import { subjectKeyOf } from './subject-key.ts';

export interface EventRules extends CheckRules {
  readonly masker: Masker;
  readonly quality: QualityRules;
}

/** What both ways in, the stream and HTTP, are given. */
export interface EventOptions {
  readonly validate: ValidateData;
  readonly channels: readonly string[];
  readonly maxFutureMs: Millis;
  /** What answers without a scale of their own may be; the usual scales by default. */
  readonly answers?: AnswerBounds;
  /** Whether an event must say its time, because there is no broker whose time could stand in for it. */
  readonly isTimeRequired?: boolean;
  readonly maskKey: string;
  /** Fields that are labels (masking/label-names.ts); the usual ones by default. */
  readonly labels?: readonly string[];
  /** What is no opinion of a customer; the usual rules by default. */
  readonly quality?: QualityRules;
}

export function rulesOf({
  validate,
  channels,
  maxFutureMs,
  answers,
  isTimeRequired = false,
  maskKey,
  labels = USUAL_LABELS,
  quality = USUAL_QUALITY,
}: EventOptions): EventRules {
  return {
    validate,
    channels: new Set([...BUILT_IN_CHANNELS, ...channels]),
    maxFutureMs,
    answers: answers ?? USUAL_SCALES,
    isTimeRequired,
    masker: createMasker({ key: maskKey, labels }),
    quality,
  };
}

/** Checks, masks and flags. */
export function readEvent(candidate: Candidate, rules: EventRules, arrival: Arrival): CxEnvelope | Rejection {
  const checked = checkEvent(candidate, rules, arrival);
  return 'reason' in checked
    ? checked
    : envelopeOf(checked, maskedOf(checked, rules.masker), candidate, rules, arrival);
}

/** The same, for events that may be large. */
export function* readLargeEvent(
  candidate: Candidate,
  rules: EventRules,
  arrival: Arrival,
): Steps<CxEnvelope | Rejection> {
  const checked = checkEvent(candidate, rules, arrival);
  if ('reason' in checked) return checked;
  yield;
  const { masker } = rules;
  const masked = checked.family === 'control' ? maskedOf(checked, masker) : yield* masker.inSteps(checked.data);
  yield;
  return envelopeOf(checked, masked, candidate, rules, arrival);
}

function maskedOf({ family, data }: Checked, masker: Masker): MaskedData {
  return family === 'control' ? { data: remarksMasked(data, masker), masked: 0 } : masker.data(data);
}

function envelopeOf(
  checked: Checked,
  { data, masked }: MaskedData,
  candidate: Candidate,
  { masker, quality: qualityRules }: EventRules,
  arrival: Arrival,
): CxEnvelope {
  const { type, family, channel, time } = checked;
  const id = masker.identifier(checked.id);
  const source = masker.identifier(checked.source);
  const text = wordsOf(type, data);
  const quality: Record<string, Json> = qualityOf(data, text, qualityRules);
  if (masked > 0) quality['masked'] = masked;
  if (time === null) quality['time_missing'] = true;
  const eventId = eventIdOf(source, id);
  const key = subjectKeyOf(data);
  const event: CxEnvelope = {
    id: eventId,
    key,
    ts: time ?? arrival.stored,
    value: {
      source,
      eventId: id,
      type,
      family,
      channel,
      subjectKey: key,
      attributes: furtherAttributes(candidate.attributes, masker),
      data,
      time: time ?? arrival.stored,
      received: arrival.stored,
      enrichment: unscored(text === null ? null : detectLang(text), quality),
    },
  };
  return family === 'control' ? { ...event, isControl: true } : event;
}

/**
 * What tells events apart: source and id together, as CloudEvents has it. No two pairs share one: a `|` inside the source is
 * escaped, since the id may hold one too.
 */
export function eventIdOf(source: string, id: string): string {
  return `${/[\\|]/.test(source) ? source.replace(/[\\|]/g, '\\$&') : source}|${id}`;
}

/** What people decide here is for the audit: names and ids of alerts as they are, what they wrote beside them masked. */
function remarksMasked(data: JsonObject, masker: Masker): JsonObject {
  let masked = data;
  for (const name of ['note', 'reason']) {
    const remark = data[name];
    if (typeof remark === 'string') masked = { ...masked, [name]: masker.text(remark) };
  }
  return masked;
}

/** What scoring starts from. */
export function unscored(lang: string | null, quality: JsonObject): Enrichment {
  return { status: 'skipped', lang, sentiment: null, issues: NONE, owner: null, urgency: null, quality, model: null };
}
const NONE: Enrichment['issues'] = [];
