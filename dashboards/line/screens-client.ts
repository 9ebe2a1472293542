/** What the page of screens and hooks asks the gateway: which walls there are, what they show, how destinations do. */
import type { ScreenBoard } from '../../engine/core/wire.ts';
import { NotLetIn } from './gateway-client.ts';

/** One of `GET /v1/screens`. */
export interface ScreenEntry {
  readonly screen: string;
  readonly name: string;
  readonly board: ScreenBoard;
  readonly lang: string;
  readonly theme: string;
  readonly size: string;
  readonly version: string;
  readonly state: 'live' | 'stale' | 'gone';
  readonly since: string;
  readonly seen: string;
  readonly frames_per_s: number;
}
export interface ScreenList {
  readonly screens: readonly ScreenEntry[];
  readonly desks: number;
}
/** One of `GET /v1/hooks`. */
export interface HookEntry {
  readonly id: string;
  readonly kind: string;
  readonly state: 'ok' | 'failing' | 'standby';
  readonly delivered: number;
  readonly retried: number;
  readonly failed: number;
  readonly waiting: number;
  readonly given_up: number;
  readonly accepted: { readonly n: number; readonly half_ms: number; readonly most_ms: number } | null;
  readonly failures: readonly { readonly at: string; readonly reason: string; readonly hint: string }[];
  readonly trouble: { readonly reason: string; readonly hint: string } | null;
}
export type SendOutcome = 'sent' | 'gone' | 'forbidden' | 'failed';
export type TestOutcome =
  | { readonly outcome: 'delivered' | 'refused' | 'unknown' | 'dead'; readonly reason: string }
  | { readonly outcome: 'forbidden' | 'failed' };

export interface ScreensClient {
  screens(): Promise<ScreenList>;
  hooks(): Promise<readonly HookEntry[]>;
  /** null: the one of its own address. */
  send(screen: string, board: ScreenBoard | null): Promise<SendOutcome>;
  test(hook: string): Promise<TestOutcome>;
}

const TESTED = ['delivered', 'refused', 'unknown', 'dead'] as const;

/** @param base the folder that the overview lies in. */
export function screensClient(base: string, request = fetch): ScreensClient {
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const response = await request(new URL(path, base), { headers: { accept: 'application/json' } });
    if (response.status === 401 || response.status === 403) throw new NotLetIn(`${path} answered ${response.status}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const post = async (path: string, body: unknown): Promise<Response> =>
    request(new URL(path, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    async screens() {
      const answer = await get('v1/screens');
      if (!Array.isArray(answer['screens'])) throw new Error('an answer without screens');
      return answer as unknown as ScreenList;
    },
    async hooks() {
      const { hooks } = await get('v1/hooks');
      if (!Array.isArray(hooks)) throw new Error('an answer without hooks');
      return hooks as readonly HookEntry[];
    },
    async send(screen, board) {
      try {
        const { ok, status } = await post(`v1/screens/${encodeURIComponent(screen)}/board`, { board });
        if (ok) return 'sent';
        if (status === 404 || status === 409) return 'gone';
        return status === 401 || status === 403 ? 'forbidden' : 'failed';
      } catch {
        return 'failed'; // shown beside the button
      }
    },
    async test(hook) {
      try {
        const response = await post(`v1/hooks/${encodeURIComponent(hook)}/test`, {});
        if (response.status === 401 || response.status === 403) return { outcome: 'forbidden' };
        const { outcome: said, reason } = (await response.json()) as Record<string, unknown>;
        const outcome = TESTED.find((one) => one === said);
        return outcome === undefined
          ? { outcome: 'failed' }
          : { outcome, reason: typeof reason === 'string' ? reason : '' };
      } catch {
        return { outcome: 'failed' }; // shown beside the button
      }
    },
  };
}
