/**
 * A notice as people read it: a headline and lines, each a piece of plain text with what it is. Destinations put their own
 * markup around the pieces and escape what is inside: text of customers can neither format, mention nor link. Times are told
 * from the notice's own: every attempt reads the same.
 */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { cutToUnits, oneLine } from './cut.ts';
import type { Language, Writing } from './writing.ts';
import { isResolved, type Notice, type NoticeAlert } from './notices.ts';
import { numberText, spanText, WORDS } from './wording.ts';

/** For whom a text is. */
type Reading = Pick<Writing, 'language' | 'times'>;

export type Tone = 'critical' | 'warning' | 'info' | 'good';

export type Line =
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'alert'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'fact'; readonly label: string; readonly text: string }
  | { readonly kind: 'quote'; readonly text: string }
  /** `button`: what the tool hands back when it is pressed, in place of opening the address. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly button?: string };

export interface Message {
  readonly headline: string;
  readonly tone: Tone;
  readonly lines: readonly Line[];
}

const MOST_QUOTES = 3;
const MOST_CAUSES = 3;
const QUOTE_UNITS = 200;
const FACT_UNITS = 300;
const SENTENCE_UNITS = 1000;

/** `listed`: of how many alerts at most is written; the rest are counted in the last line. */
export function messageOf(notice: Notice, writing: Reading, listed = 10): Message {
  const words = WORDS[writing.language];
  if (notice.action !== null) return actionMessage(notice, writing);
  const [worst] = notice.alerts;
  if (worst === undefined) return { headline: words.reason[notice.reason](0), tone: 'info', lines: [] };
  const shown = notice.alerts.slice(0, Math.max(1, listed));
  const rest = notice.unlisted + notice.alerts.length - shown.length;
  const isOne = notice.alerts.length === 1 && notice.unlisted === 0;
  const lines: Line[] = isOne ? oneAlert(worst, notice, writing) : shown.map((alert) => alertLine(alert, writing));
  if (rest > 0) lines.push({ kind: 'sentence', text: words.unlisted(rest) });
  if (notice.standing > 0) lines.push({ kind: 'sentence', text: words.standing(notice.standing) });
  if (notice.wasMuted) lines.push({ kind: 'sentence', text: words.wasMuted });
  if (notice.mayRepeat) lines.push({ kind: 'sentence', text: words.mayRepeat });
  if (!isOne && worst.link !== null) lines.push({ kind: 'link', text: words.open, href: worst.link });
  const all = notice.answering ?? null; // one alert has its own
  if (!isOne && all !== null) {
    lines.push(...acknowledgeLine(all.link, all.token, words.acknowledgeAll(all.count)));
  }
  return { headline: headlineOf(notice, worst, writing.language), tone: toneOf(notice.alerts), lines };
}

function headlineOf(notice: Notice, worst: NoticeAlert, language: Language): string {
  const words = WORDS[language];
  const count = notice.alerts.length + notice.unlisted;
  const reason = words.reason[notice.reason](count);
  const { message } = worst;
  const severity = words.severity[message.severity] ?? message.severity;
  const name =
    count === 1 ? `${titleOf(message, language)}${keyText(message.key, language)}` : groupText(notice, language);
  return line(`[${severity}] ${reason}${words.colon}${name}`, FACT_UNITS);
}

function groupText({ group, alerts, unlisted }: Notice, language: Language): string {
  const [worst] = alerts;
  const names = Object.entries(group).flatMap(([name, value]) =>
    value === '' ? [] : [name === 'rule' && worst !== undefined ? titleOf(worst.message, language) : value],
  );
  const what = names.length === 0 ? WORDS[language].whole : names.join(' · ');
  return `${what} (${alerts.length + unlisted})`;
}

export function titleOf({ title, rule }: AlertMessage, language: Language): string {
  return title?.[language] ?? rule;
}

/** ` · app · 华东`, nothing for the whole company. */
export function keyText(key: Readonly<Record<string, string>>, language: Language): string {
  const values = Object.values(key).map((value) => (value === '' ? '–' : value));
  return values.length === 0 ? '' : language === 'zh-CN' ? `（${values.join(' · ')}）` : ` (${values.join(' · ')})`;
}

function toneOf(alerts: readonly NoticeAlert[]): Tone {
  if (alerts.every(isResolved)) return 'good';
  const open = alerts.filter((alert) => !isResolved(alert));
  return open.some(({ message }) => message.severity === 'critical')
    ? 'critical'
    : open.every(({ message }) => message.severity === 'info')
      ? 'info'
      : 'warning';
}

function alertLine(alert: NoticeAlert, { language }: Reading): Line {
  const words = WORDS[language];
  const { message } = alert;
  const figure = message.kpi === '' ? words.events(message.n) : numberText(message.value, language);
  const state = isResolved(alert) ? words.resolved : figure;
  const text = `${titleOf(message, language)}${keyText(message.key, language)}${words.colon}${state}`;
  return { kind: 'alert', text: line(text, FACT_UNITS), tone: toneOf([alert]) };
}

function oneAlert(alert: NoticeAlert, notice: Notice, writing: Reading): Line[] {
  const { language, times } = writing;
  const words = WORDS[language];
  const { message } = alert;
  const since = parseInstant(message.since) ?? notice.at;
  const until = isResolved(alert) ? (parseInstant(message.at) ?? notice.at) : Math.max(notice.at, since);
  const lines: Line[] = [
    {
      kind: 'sentence',
      text: line(language === 'zh-CN' ? (message.reason_zh ?? message.reason) : message.reason, SENTENCE_UNITS),
    },
    {
      kind: 'fact',
      label: words.since,
      text: `${times.text(since, notice.at)}${language === 'zh-CN' ? '，' : ', '}${words.lasted} ${spanText(until - since, language)}`,
    },
  ];
  if (message.interval !== null && !isResolved(alert)) {
    const [low, high] = message.interval;
    const text = words.between(numberText(low, language), numberText(high, language), numberText(message.n, language));
    lines.push({ kind: 'fact', label: words.interval, text });
  }
  // An alert says its figures when it changes; between changes a reader would take them for today's.
  const isAgain = notice.reason === 'repeat' || notice.reason === 'escalated';
  const changed = parseInstant(message.at);
  if (isAgain && changed !== null) lines.push({ kind: 'sentence', text: words.asOf(times.text(changed, notice.at)) });
  const flaps = message.flaps ?? 0; // absent in messages of older engines
  if (flaps > 0) lines.push({ kind: 'sentence', text: words.flaps(flaps) });
  if (message.acked !== null)
    lines.push({ kind: 'sentence', text: line(words.acknowledgedBy(message.acked.by), FACT_UNITS) });
  const causes = message.causes.slice(0, MOST_CAUSES).map((cause) => {
    const names = Object.values(cause.key).filter((value) => value !== '');
    const percent = `${Math.round(cause.share * 100)} %`;
    return `${line(names.join(' · '), FACT_UNITS)} ${words.share(percent, numberText(cause.value, language))}`;
  });
  if (causes.length > 0 && !isResolved(alert)) {
    lines.push({ kind: 'fact', label: words.where, text: causes.join(language === 'zh-CN' ? '；' : '; ') });
  }
  if (!isResolved(alert)) {
    for (const quote of message.samples.slice(0, MOST_QUOTES))
      lines.push({ kind: 'quote', text: line(quote, QUOTE_UNITS) });
  }
  if (message.owner !== null) lines.push({ kind: 'fact', label: words.owner, text: line(message.owner, FACT_UNITS) });
  if (alert.link !== null) lines.push({ kind: 'link', text: words.open, href: alert.link });
  if (message.runbook !== null) lines.push({ kind: 'link', text: words.runbook, href: message.runbook });
  if (!isResolved(alert) && message.acked === null)
    lines.push(...acknowledgeLine(alert.ackLink, alert.ackToken, words.acknowledge));
  return lines;
}

/** A link, or a button that needs none; nothing where the reader cannot answer. */
function acknowledgeLine(link: string | null, token: string | undefined, text: string): readonly Line[] {
  if (token !== undefined) return [{ kind: 'link', text, href: link ?? '', button: token }]; // only the button shows
  return link === null ? [] : [{ kind: 'link', text, href: link }];
}

function line(text: string, most: number): string {
  return cutToUnits(oneLine(text), most);
}

function actionMessage(
  { action, reason, at, completing = null, completedBy }: Notice,
  { language, times }: Reading,
): Message {
  const words = WORDS[language];
  if (action === null) return { headline: words.reason[reason](0), tone: 'info', lines: [] };
  const lines: Line[] = [];
  const why = language === 'zh-CN' ? (action.reason_zh ?? action.reason) : action.reason; // some are said in English alone
  if (why !== null) lines.push({ kind: 'sentence', text: line(why, SENTENCE_UNITS) });
  if (action.case !== null) lines.push({ kind: 'fact', label: words.case, text: line(action.case, FACT_UNITS) });
  const due = action.due === null ? null : parseInstant(action.due);
  if (due !== null) lines.push({ kind: 'fact', label: words.due, text: times.text(due, at) });
  if (action.owner !== null) lines.push({ kind: 'fact', label: words.owner, text: line(action.owner, FACT_UNITS) });
  const title = `${words.colon}${action.title[language]}`;
  if (completedBy !== undefined) {
    lines.push({ kind: 'sentence', text: line(words.completedBy(completedBy), FACT_UNITS) });
    return { headline: line(`${words.completed}${title}`, FACT_UNITS), tone: 'good', lines };
  }
  if (completing !== null) lines.push(...acknowledgeLine(completing.link, completing.token, words.complete));
  return { headline: line(`${words.reason.action(1)}${title}`, FACT_UNITS), tone: 'warning', lines };
}
