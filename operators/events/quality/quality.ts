/** What cleaning has to say about an event by itself. Marks only: nothing is dropped, so that what they do to a KPI stays a choice. */
import type { Json, JsonObject, Millis } from '../../../engine/core/types.ts';
import { isBoilerplate } from './boilerplate.ts';
import { isGarbled } from './garbled.ts';
import { isKeyboardMash } from './keyboard-mash.ts';
import { isRepeated } from './repeated.ts';
import { isStraightLined, isTooFast } from './survey-effort.ts';

export interface QualityRules {
  /** A survey of three answers or more that took less for each of them was not read. */
  readonly leastPerAnswerMs: Millis;
  /** Phrases that no customer wrote, besides those that are known, as `bare` gives them. */
  readonly boilerplate: ReadonlySet<string>;
}
export const USUAL_QUALITY: QualityRules = { leastPerAnswerMs: 1000, boilerplate: new Set() };

/** Below this a transcript is not to be trusted word by word. */
const LOW_CONFIDENCE = 0.6;

/**
 * `{}` where there is nothing to say. `garbled`: broken encoding · `empty`: no words and no emoji · `boilerplate`: words that no
 * customer wrote · `keyboard_mash`: keys struck at random · `repeated`: one short piece over and over · `straight_lined`: a
 * survey's list of answers all the same · `too_fast`: a survey that nobody can have read · `low_confidence`: speech recognition
 * was not sure. What needs other events to be seen is marked by operators/cleaning/.
 * @param text the customer's words, null where the event has none
 */
export function qualityOf(data: JsonObject, text: string | null, rules = USUAL_QUALITY): Record<string, Json> {
  const marks: Record<string, Json> = {};
  const written = text ?? data['text'];
  if (typeof written === 'string') {
    const mark = markOf(written, rules);
    if (mark !== null) marks[mark] = true;
  }
  const confidence = data['transcript_confidence'];
  if (typeof confidence === 'number' && confidence < LOW_CONFIDENCE) marks['low_confidence'] = true;
  if (data['answers'] !== undefined) {
    if (isStraightLined(data['answers'])) marks['straight_lined'] = true;
    if (isTooFast(data, rules.leastPerAnswerMs)) marks['too_fast'] = true;
  }
  return marks;
}

/** Letters and digits of any script, and pictures. */
const SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

type TextMark = 'garbled' | 'empty' | 'boilerplate' | 'keyboard_mash' | 'repeated';

function markOf(text: string, { boilerplate }: QualityRules): TextMark | null {
  if (isGarbled(text)) return 'garbled';
  if (!SOMETHING.test(text)) return 'empty';
  if (isBoilerplate(text, boilerplate)) return 'boilerplate';
  if (isKeyboardMash(text)) return 'keyboard_mash';
  return isRepeated(text) ? 'repeated' : null;
}
