/** What the list of things to do says: what is overdue first, then what is due next; whatever is due at no time comes last. Pure. */
import { serverNow, type BoardState } from '../board.ts';
import { formatSpan } from '../format.ts';
import type { OpenAction } from './open-actions.ts';
import { fill, TEXTS, type Language, type Texts } from '../strings.ts';

export interface TodoRow {
  readonly id: string;
  /** breach: overdue; warn: soon due. */
  readonly tone: 'breach' | 'warn' | 'none';
  readonly title: string;
  readonly subject: string;
  readonly owner: string;
  readonly when: string;
}
export interface TodoBoard {
  /** `12 open · 3 overdue`; empty: there are none. */
  readonly count: string;
  readonly hasOverdue: boolean;
  readonly rows: readonly TodoRow[];
  /** How many more there are than are shown. */
  readonly more: string;
}

const MOST_ROWS = 3;
const SOON_MS = 30 * 60_000;

export function todoBoard(state: BoardState, lang: Language): TodoBoard {
  const texts = TEXTS[lang];
  const now = serverNow(state);
  const all = [...state.actions.values()].sort(byDue);
  const overdue = all.filter(({ due }) => due !== null && due < now).length;
  const open = all.length === 0 ? '' : fill(texts.todoOpen, { n: all.length });
  const left = all.length - MOST_ROWS;
  return {
    count: overdue === 0 ? open : `${open} · ${fill(texts.todoOverdue, { n: overdue })}`,
    hasOverdue: overdue > 0,
    rows: all.slice(0, MOST_ROWS).map((action) => row(action, now, lang)),
    more: left > 0 ? fill(texts.todoMore, { n: left }) : '',
  };
}

function byDue(a: OpenAction, b: OpenAction): number {
  const [dueA, dueB] = [a.due ?? Infinity, b.due ?? Infinity]; // at no time
  if (dueA !== dueB) return dueA - dueB;
  return b.priority - a.priority || (a.id < b.id ? -1 : 1);
}

function row(action: OpenAction, now: number, lang: Language): TodoRow {
  const texts = TEXTS[lang];
  const { id, title, kind, subject, owner, due } = action;
  const left = due === null ? Infinity : due - now;
  return {
    id,
    tone: left < 0 ? 'breach' : left < SOON_MS ? 'warn' : 'none',
    title: title?.[lang] ?? kindText(kind, texts),
    subject,
    owner: owner ?? texts.todoNobody,
    when: whenText(left, lang),
  };
}

function whenText(leftMs: number, lang: Language): string {
  const texts = TEXTS[lang];
  if (leftMs === Infinity) return '';
  return leftMs < 0
    ? fill(texts.todoLate, { age: formatSpan(-leftMs, lang) })
    : fill(texts.todoLeft, { age: formatSpan(leftMs, lang) });
}

/** Of the kinds that there are; one of somebody's own is called by its name. */
function kindText(kind: string, texts: Texts): string {
  const known: Readonly<Record<string, string>> = {
    survey: texts.todoSurvey,
    follow_up: texts.todoFollowUp,
    call_back: texts.todoCallBack,
    dispatch: texts.todoDispatch,
  };
  return known[kind] ?? kind;
}
