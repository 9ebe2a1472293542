/** What is amiss though the engine works, in a reader's words. */
import type { Degradation, DegradationCode } from '../../../engine/core/wire.ts';
import { formatSpan } from '../format.ts';
import { fill, TEXTS, type Language, type Texts } from '../strings.ts';

/** `named`: with whose it is, where the reader may know. */
interface Sentence {
  readonly named: keyof Texts;
  readonly nameless: keyof Texts;
}

const SENTENCES: Readonly<Record<DegradationCode, Sentence>> = {
  clock_ahead: { named: 'degradedClocksNamed', nameless: 'degradedClocks' },
  events_late: { named: 'degradedLateNamed', nameless: 'degradedLate' },
  time_ahead: { named: 'degradedTime', nameless: 'degradedTime' },
  expression_silent: { named: 'degradedSilentNamed', nameless: 'degradedSilent' },
  expression_too_long: { named: 'degradedTooLongNamed', nameless: 'degradedTooLong' },
  hook: { named: 'degradedHooksNamed', nameless: 'degradedHooks' },
  calendar_ends: { named: 'degradedCalendarsNamed', nameless: 'degradedCalendars' },
  instances_differ: { named: 'degradedInstancesNamed', nameless: 'degradedInstances' },
};

export function degradedWords(degraded: readonly Degradation[], lang: Language): string {
  return degraded.map((one) => sentence(one, lang)).join(TEXTS[lang].healthThen);
}

function sentence({ code, values, about, message }: Degradation, lang: Language): string {
  const ofCode = (SENTENCES as Partial<typeof SENTENCES>)[code];
  // An engine newer than this page.
  if (ofCode === undefined) return message;
  const texts = TEXTS[lang];
  const { seconds } = values;
  const lead = seconds === undefined ? {} : { lead: formatSpan(seconds * 1000, lang) };
  const names = about.join(texts.healthAnd);
  return fill(texts[about.length > 0 ? ofCode.named : ofCode.nameless], { ...values, ...lead, names });
}
