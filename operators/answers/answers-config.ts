/** What of a hook concerns answers: whether its notices carry a link to acknowledge by, and how its tool's callbacks are proved. */
import type { Millis } from '../../engine/core/types.ts';
import { duration, flag, object, type Fields } from '../config/config-schema-forms.ts';
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import type { CallbackSettings } from './callback.ts';
import { callbackOf } from './callbacks.ts';

export interface AnswerSettings {
  /** Notices carry a link to acknowledge by, where the address of the board is known. */
  readonly hasLinks: boolean;
  /** How long such a link works. */
  readonly linkLife: Millis;
  /** null: its tool does not call back. */
  readonly callback: CallbackSettings | null;
  /** Silences there count as acknowledgements here. */
  readonly hasSilences: boolean;
}

const SILENCING = 'alertmanager';
/** A link that works for longer is found by somebody else. */
const LONGEST: Millis = 7 * 86_400_000;

export function answerFields(kind: string): Fields {
  const callback = callbackOf(kind);
  return {
    acknowledge: flag('notices carry a link by which their readers acknowledge, where `http.public_url` is set', true),
    acknowledge_within: duration('how long that link works, 7d at most', '24h'),
    ...(kind === SILENCING
      ? { silences: flag('an alert that a silence there covers counts as acknowledged here, until it ends', false) }
      : {}),
    ...(callback === undefined
      ? {}
      : {
          callback: object(
            'proves what the tool posts to `/v1/hooks/<id>/callback`',
            callback.fields,
            callback.required,
          ),
        }),
  };
}

export function readAnswers(section: Section, kind: string, report: Report): AnswerSettings {
  const linkLife = section.durationMs('acknowledge_within', 86_400_000);
  if (linkLife < 60_000 || linkLife > LONGEST) report(section.path('acknowledge_within'), 'expected 1m to 7d');
  return {
    hasLinks: section.flag('acknowledge', true),
    linkLife,
    callback: readCallback(section, kind, report),
    hasSilences: kind === SILENCING && section.flag('silences', false),
  };
}

function readCallback(section: Section, kind: string, report: Report): CallbackSettings | null {
  const callback = callbackOf(kind);
  const given = section.section('callback');
  const settings = callback?.read(given);
  if (callback === undefined || settings === undefined || !section.has('callback')) return null;
  // Without one, whoever finds the address could answer for everybody. That it is left out the schema says.
  const isGiven = callback.required.every((name) => given.has(name));
  if (isGiven && settings.secrets.every((one) => one === '') && (settings.token ?? '') /* none is given */ === '') {
    report(section.path('callback'), 'it names no secret that callbacks are proved by');
  }
  return settings;
}
