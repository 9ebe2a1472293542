/** One alert's course: its changes of state, what people decided, what was sent; newest first. Pure. */
import type { AlertMessage, NoticeNote } from '../../../engine/core/wire.ts';
import { formatCount, formatInstant } from '../format.ts';
import { fill, type Language } from '../strings.ts';
import { PAGE_TEXTS, type PageTexts } from './page-strings.ts';

export interface TimelineStep {
  readonly at: number;
  readonly time: string;
  readonly text: string;
  readonly mark: 'fire' | 'watch' | 'person' | 'plain';
}
export interface TimelineView {
  readonly lang: Language;
  readonly zone: string;
  readonly now: number;
  readonly show: (value: number | null, change: AlertMessage) => string;
}

export function timelineOf(
  changes: readonly AlertMessage[],
  notices: readonly NoticeNote[],
  view: TimelineView,
): readonly TimelineStep[] {
  const texts = PAGE_TEXTS[view.lang];
  const steps: Omit<TimelineStep, 'time'>[] = notices.flatMap((notice) => noticeSteps(notice, texts));
  changes.forEach((message, i) => steps.push(...changeSteps(message, changes[i - 1], view)));
  return steps
    .map((step, i) => ({ step, i }))
    .sort((a, b) => b.step.at - a.step.at || b.i - a.i)
    .map(({ step }) => ({ ...step, time: formatInstant(step.at, view.now, view.zone, view.lang) }));
}

const STATES = {
  pending: ['stepPending', 'watch'],
  firing: ['stepFiring', 'fire'],
  recovering: ['stepRecovering', 'watch'],
  resolved: ['stepResolved', 'plain'],
} as const satisfies Readonly<Record<AlertMessage['state'], readonly [keyof PageTexts, TimelineStep['mark']]>>;

function changeSteps(
  message: AlertMessage,
  before: AlertMessage | undefined,
  { lang, show }: TimelineView,
): Omit<TimelineStep, 'time'>[] {
  const texts = PAGE_TEXTS[lang];
  const at = Date.parse(message.at);
  const steps: Omit<TimelineStep, 'time'>[] = [];
  if (message.state !== before?.state && message.state !== message.previous) {
    const [text, mark] = STATES[message.state];
    steps.push({
      at,
      mark,
      text: fill(texts[text], { value: show(message.value, message), n: formatCount(message.n, lang) }),
    });
  }
  const was = before?.acked ?? null;
  if (message.acked !== null && was?.at !== message.acked.at) {
    const { by, note } = message.acked;
    const text = note === undefined ? fill(texts.stepAcked, { by }) : fill(texts.stepAckedNote, { by, note });
    steps.push({ at: Date.parse(message.acked.at), mark: 'person', text });
  }
  if (message.acked === null && was !== null) steps.push({ at, mark: 'person', text: texts.stepUnacked });
  if (before !== undefined && message.silenced !== before.silenced)
    steps.push({ at, mark: 'person', text: message.silenced ? texts.stepSilenced : texts.stepUnsilenced });
  return steps;
}

function noticeSteps(
  { hook, state, first, last, escalated }: NoticeNote,
  texts: PageTexts,
): Omit<TimelineStep, 'time'>[] {
  const step = (at: string | null, text: string, mark: TimelineStep['mark'] = 'plain'): Omit<TimelineStep, 'time'>[] =>
    at === null ? [] : [{ at: Date.parse(at), mark, text }];
  const named = { hook, n: escalated };
  return [
    ...step(first, fill(texts.noticeFirst, named)),
    ...(last === first ? [] : step(last, fill(texts.noticeLast, named))),
    ...(escalated === 0 ? [] : step(last ?? first, fill(texts.noticeEscalated, named), 'watch')),
    ...(state === 'given_up' ? step(last ?? first, fill(texts.noticeFailed, named), 'watch') : []),
  ];
}
