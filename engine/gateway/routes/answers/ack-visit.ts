/** A visit to the page behind the link of a notice, of alerts or of an action: what the look and the confirmation begin with. */
import { must } from '../../../core/must.ts';
import type { LinkTarget } from '../../answers-port.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';
import { ackPage, stateOf, type PageState } from './ack-page.ts';
import { actionPage } from './action-page.ts';
import { MAX_NAME, type PageLanguage } from './answer-page.ts';

export interface AckVisit {
  readonly token: string;
  readonly target: LinkTarget;
  readonly name: string;
  /** How what it is for stands before anybody answers. */
  readonly stands: PageState;
  /** As the board has it now. */
  readonly page: (state: PageState, headers?: Readonly<Record<string, string>>, name?: string) => HttpAnswer;
}

const NAME_COOKIE = 'earshot_name';

/** What the link is for; an answer where it is for nothing (any more). */
export function ackVisit(context: RouteContext, { request, params }: Call): AckVisit | HttpAnswer {
  const name = cleanName(rememberedName(request.headers['cookie'] ?? '')); // a first visit
  const nobody = { language: browserLanguage(request.headers['accept-language'] ?? ''), alerts: [], count: 0, name }; // not said: English
  const limited = context.answerRates.links.refuses(null, request.remote);
  if (limited !== undefined)
    return ackPage({ ...nobody, state: 'slower' }, { 'retry-after': must(limited.headers['retry-after']) });
  const { answers } = context.ports;
  if (answers === undefined || (context.ports.starting?.() ?? []).length > 0)
    return ackPage({ ...nobody, state: 'later' });
  const token = must(params['token']);
  const target = answers.link(token);
  if (target === null) return ackPage({ ...nobody, state: 'unknown' });
  const visit =
    target.action === null ? alertsVisit(context, target, name) : actionVisit(context, target, target.action, name);
  return target.isExpired ? visit.page('expired') : { token, target, name, ...visit };
}

type Shown = Pick<AckVisit, 'stands' | 'page'>;

function alertsVisit({ hub }: RouteContext, { alerts: named, language }: LinkTarget, name: string): Shown {
  const alerts = named.flatMap((alert) => hub.board.alerts.get(alert) ?? []); // not known here, or long over
  const page = { language, alerts, count: named.length, name };
  return {
    stands: stateOf(page),
    page: (state, headers, by = name) => ackPage({ ...page, name: by, state }, headers),
  };
}

function actionVisit({ hub }: RouteContext, { language }: LinkTarget, id: string, name: string): Shown {
  const action = hub.board.actions.get(id);
  return {
    stands: 'ask',
    page: (state, headers, by = name) => {
      const said = state === 'acked' || state === 'resolved' ? 'ask' : state; // alerts alone stand so
      return actionPage({ state: said, language, action, name: by }, headers);
    },
  };
}

/** One line, without what cannot be seen; empty: nobody. */
export function cleanName(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const characters = [...new Intl.Segmenter().segment(line)].slice(0, MAX_NAME).map(({ segment }) => segment);
  // One character may hold hundreds of marks.
  const name = characters.join('').trim();
  return name.length > 4 * MAX_NAME ? '' : name;
}

/** The browser is asked once; without a path the name goes back to these pages alone. */
export function nameCookie(name: string, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${NAME_COOKIE}=${encodeURIComponent(name)}; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}`;
}

function rememberedName(cookies: string): string {
  const found = new RegExp(`(?:^|;\\s*)${NAME_COOKIE}=([^;]*)`).exec(cookies)?.[1] ?? '';
  try {
    return decodeURIComponent(found);
  } catch {
    return ''; // not as we wrote it
  }
}

function browserLanguage(accepted: string): PageLanguage {
  return /^\s*zh/i.test(accepted) ? 'zh-CN' : 'en';
}
