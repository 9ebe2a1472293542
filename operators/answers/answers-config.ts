/** What of a hook concerns answers: whether its notices carry a link to acknowledge by, and how its tool's callbacks are proved. */
import type { Millis } from '../../engine/core/types.ts';
import { duration, flag, type Fields } from '../config/config-schema-forms.ts';
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';

export interface AnswerSettings {
  /** Notices carry a link to acknowledge by, where the address of the board is known. */
  readonly hasLinks: boolean;
  /** How long such a link works. */
  readonly linkLife: Millis;
}

/** A link that works for longer is found by somebody else. */
const LONGEST: Millis = 7 * 86_400_000;

export const ANSWER_FIELDS: Fields = {
  acknowledge: flag('notices carry a link by which their readers acknowledge, where `http.public_url` is set', true),
  acknowledge_within: duration('how long that link works, 7d at most', '24h'),
};

export function readAnswers(section: Section, report: Report): AnswerSettings {
  const linkLife = section.durationMs('acknowledge_within', 86_400_000);
  if (linkLife < 60_000 || linkLife > LONGEST) report(section.path('acknowledge_within'), 'expected 1m to 7d');
  return { hasLinks: section.flag('acknowledge', true), linkLife };
}
