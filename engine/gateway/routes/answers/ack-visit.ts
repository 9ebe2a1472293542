/** A visit to the page behind the link of a notice: what both the look and the confirmation begin with. */
import { must } from '../../../core/must.ts';
import type { LinkTarget } from '../../answers-port.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';
import { ackPage, MAX_NAME, type AckPage, type PageLanguage } from './ack-page.ts';

export interface AckVisit {
  readonly token: string;
  readonly target: LinkTarget;
  /** As the board has it now. */
  readonly page: Omit<AckPage, 'state'>;
}

const NAME_COOKIE = 'earshot_name';

/** What the link is for; an answer where it is for nothing (any more). */
export function ackVisit(context: RouteContext, { request, params }: Call): AckVisit | HttpAnswer {
  const name = cleanName(rememberedName(request.headers['cookie'] ?? ''));
  const nobody = { language: browserLanguage(request.headers['accept-language'] ?? ''), alerts: [], count: 0, name };
  if (context.answerRates.links.take(request.remote) > 0) return ackPage({ ...nobody, state: 'slower' });
  const { answers } = context.ports;
  if (answers === undefined || (context.ports.starting?.() ?? []).length > 0)
    return ackPage({ ...nobody, state: 'later' });
  const token = must(params['token']);
  const target = answers.link(token);
  if (target === null) return ackPage({ ...nobody, state: 'unknown' });
  const alerts = target.alerts.flatMap((alert) => context.hub.board.alerts.get(alert) ?? []); // not known here, or long over
  const page = { language: target.language, alerts, count: target.alerts.length, name };
  return target.isExpired ? ackPage({ ...page, state: 'expired' }) : { token, target, page };
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
