/** The page behind the link of a notice of an action: what is to be done, and one button that says it is. */
import { parseInstant } from '../../../core/cloud-events.ts';
import type { Json, JsonObject } from '../../../core/types.ts';
import type { OpenAction } from '../../../live/board-actions.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { answerPage, ANSWER_STATUS, escapeHtml, hasForm, type AnswerState, type PageLanguage } from './answer-page.ts';

export interface ActionPage {
  readonly state: AnswerState;
  readonly language: PageLanguage;
  /** As the board has it; undefined: it is not open, or not known here yet. */
  readonly action: OpenAction | undefined;
  /** Who was asked last time. */
  readonly name: string;
}

const TEXTS = {
  'zh-CN': {
    title: '标记完成',
    button: '已完成',
    case: '工单',
    owner: '负责人',
    due: '截止',
    says: {
      ask: '确认后，这件事从所有看板的待办中移除，并记录是您完成的。',
      done: '已记录：由您完成。',
      used: '已经有人用这个链接完成了它。',
      expired: '链接已过期：请在看板上标记完成。',
      unknown: '链接无效：可能没有复制完整。',
      noName: '请填写姓名。',
      later: '现在不能提交，请稍后再试。',
      slower: '请求太频繁，请稍后再试（http.limits.links）。',
      over: '这件事已不在待办中：已完成、已撤回或已过期。',
    },
  },
  en: {
    title: 'Mark as done',
    button: 'It is done',
    case: 'Case',
    owner: 'Owner',
    due: 'Due',
    says: {
      ask: 'It then leaves the lists of all boards, and it is kept that you did it.',
      done: 'Taken: you did it.',
      used: 'Somebody has done it by this link.',
      expired: 'The link has expired: mark it as done on the board.',
      unknown: 'This is no valid link: perhaps it was not copied whole.',
      noName: 'Please give your name.',
      later: 'This cannot be taken just now: try again in a moment.',
      slower: 'Too many requests from here: try again in a moment (http.limits.links).',
      over: 'There is nothing to do any more: it is done, withdrawn or expired.',
    },
  },
} as const satisfies Readonly<
  Record<
    PageLanguage,
    { readonly says: Readonly<Record<AnswerState | 'over', string>>; readonly [text: string]: unknown }
  >
>;

export function actionPage(page: ActionPage, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const { state, language, action, name } = page;
  const texts = TEXTS[language];
  const isOver = state === 'ask' && action === undefined;
  const form = hasForm(state) && !isOver ? { name, button: texts.button } : null;
  const content = {
    ...{ title: texts.title, shown: action === undefined ? '' : actionHtml(action, language), form, board: '../' },
    says: texts.says[isOver ? 'over' : state],
  };
  return answerPage(ANSWER_STATUS[state], language, content, headers);
}

function actionHtml({ item, due, owner, kind }: OpenAction, language: PageLanguage): string {
  const texts = TEXTS[language];
  const { data } = item as { readonly data: JsonObject };
  const title = textOf((data['title'] as JsonObject | undefined)?.[language]) ?? kind;
  const why = textOf(data[language === 'zh-CN' ? 'reason_zh' : 'reason']) ?? textOf(data['reason']);
  const facts: readonly (readonly [string, string | null])[] = [
    [texts.case, textOf(data['case'])],
    [texts.owner, owner],
    [texts.due, due !== null && parseInstant(due) !== null ? due.replace('T', ' ').replace('.000Z', ' UTC') : null],
  ];
  const lines = facts.flatMap(([label, text]) => (text === null ? [] : [`<li>${label}: ${escapeHtml(text)}</li>`]));
  return `<h2>${escapeHtml(title)}</h2>${why === null ? '' : `<p>${escapeHtml(why)}</p>`}${lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`}`;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
