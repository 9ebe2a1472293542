/** What the board asks the gateway over HTTP. Answers are checked for shape here, once, so that the rest may trust them. */
import type { KpiDescription, KpiMessage } from '../../engine/core/wire.ts';

export type Titles = Readonly<Record<'zh-CN' | 'en', string>>;
/** `GET /v1/board`. */
export interface BoardDescription {
  readonly title: Titles | null;
  /** KPI ids in their order; empty: the first ones there are. */
  readonly tiles: readonly string[];
  /** What is real and what is planted; null: everything is real. */
  readonly demo: Titles | null;
  /** Where the demo's alerts arrive, on this machine; left out: nowhere to look at. */
  readonly messages?: string;
  readonly zone: string | null;
  /** Whether this screen's role may acknowledge alerts. */
  readonly mayAck: boolean;
  /** And silence them. */
  readonly maySilence: boolean;
  /** What this screen's role sees of walls and destinations, and does with these. */
  readonly maySee: { readonly screens: boolean; readonly hooks: boolean; readonly hookTests: boolean };
  /** Whether actions are configured, and this screen's role may see and complete them. */
  readonly hasActions?: true;
  /** A mark of this description and the KPIs; left out: a gateway of before. */
  readonly configuration?: string;
}
/** The gateway has access keys, and this screen has no right to look, or none any more. */
export class NotLetIn extends Error {}
export type AckOutcome = 'done' | 'forbidden' | 'failed';

export interface GatewayClient {
  board(): Promise<BoardDescription>;
  /** Throws NotLetIn. */
  kpis(): Promise<readonly KpiDescription[]>;
  /** False only when the gateway says so. */
  letIn(): Promise<boolean>;
  history(kpi: string, fromMs: number, toMs: number): Promise<readonly KpiMessage[]>;
  ack(alert: string): Promise<AckOutcome>;
  /** Nobody looks after it any more. */
  unack(alert: string): Promise<AckOutcome>;
  /** An action is done. */
  complete(action: string): Promise<AckOutcome>;
}

const OWN_MACHINE = /^http:\/\/127\.0\.0\.1:\d+$/;
/** A gateway of before said no rights: what it refuses is said then. */
const RIGHTS_UNSAID = {
  ...{ mayAck: true, maySilence: true },
  maySee: { screens: true, hooks: true, hookTests: true },
};
const NO_BOARD: BoardDescription = { title: null, tiles: [], demo: null, zone: null, ...RIGHTS_UNSAID };

/** @param base the folder that the board lies in: `https://board.example.com/earshot/`
 *  @param slice the headline's key: history is asked for it alone. */
export function gatewayClient(base: string, slice: Readonly<Record<string, string>>, request = fetch): GatewayClient {
  const get = async (path: string): Promise<unknown> => {
    const response = await request(new URL(path, base), { headers: { accept: 'application/json' } });
    if (isRefusal(response)) throw new NotLetIn(`${path} answered ${response.status}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
  const decide = async (what: string, how: RequestInit): Promise<AckOutcome> => {
    try {
      const response = await request(new URL(`v1/${what}`, base), how);
      if (isRefusal(response)) return 'forbidden';
      return response.ok ? 'done' : 'failed';
    } catch {
      return 'failed'; // shown on the button
    }
  };
  return {
    async board() {
      try {
        return boardOf(await get('v1/board'));
      } catch {
        return NO_BOARD; // a gateway without a board description shows its first KPIs
      }
    },
    async kpis() {
      return listIn(await get('v1/kpis'), 'kpis').filter(isKpiDescription);
    },
    async letIn() {
      try {
        await get('v1/board');
        return true;
      } catch (error) {
        return !(error instanceof NotLetIn);
      }
    },
    async history(kpi, fromMs, toMs) {
      const query = new URLSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
      for (const [dimension, value] of Object.entries(slice)) query.append('key', `${dimension}:${value}`);
      const answer = await get(`v1/kpis/${encodeURIComponent(kpi)}/history?${query.toString()}`);
      return listIn(answer, 'values').filter(isKpiMessage);
    },
    ack: (alert) => decide(`alerts/${encodeURIComponent(alert)}/ack`, POSTED),
    unack: (alert) => decide(`alerts/${encodeURIComponent(alert)}/ack`, { method: 'DELETE' }),
    complete: (action) => decide(`actions/${encodeURIComponent(action)}/complete`, POSTED),
  };
}

const POSTED: RequestInit = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

function isRefusal({ status }: Response): boolean {
  return status === 401 || status === 403;
}

type Fields = Readonly<Record<string, unknown>>;
function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
/** A bare list, or one under a name. */
function listIn(value: unknown, name: string): readonly unknown[] {
  const list = isFields(value) && !Array.isArray(value) ? value[name] : value;
  return Array.isArray(list) ? list : [];
}
function titlesOf(value: unknown): Titles | null {
  if (!isFields(value)) return null;
  const { 'zh-CN': zh, en } = value;
  return typeof zh === 'string' && typeof en === 'string' ? { 'zh-CN': zh, en } : null;
}
function may(board: Fields, right: string): boolean {
  return !('rights' in board) || listIn(board, 'rights').includes(right);
}
function boardOf(value: unknown): BoardDescription {
  if (!isFields(value)) return NO_BOARD;
  const zone = value['zone'];
  const messages = isFields(value['demo']) ? value['demo']['messages'] : undefined;
  return {
    title: titlesOf(value['title']),
    tiles: listIn(value, 'tiles').filter((tile) => typeof tile === 'string'),
    demo: titlesOf(value['demo']),
    ...(typeof messages === 'string' && OWN_MACHINE.test(messages) ? { messages } : {}),
    zone: typeof zone === 'string' ? zone : null,
    mayAck: may(value, 'ack'),
    ...(typeof value['configuration'] === 'string' ? { configuration: value['configuration'] } : {}),
    maySee: {
      screens: may(value, 'screens'),
      hooks: may(value, 'metrics'),
      hookTests: may(value, 'hooks'),
    },
    maySilence: may(value, 'silence'),
    ...(value['actions'] === true && listIn(value, 'rights').includes('actions') ? { hasActions: true } : {}),
  };
}
function isKpiDescription(value: unknown): value is KpiDescription {
  return (
    isFields(value) &&
    typeof value['id'] === 'string' &&
    titlesOf(value['title']) !== null &&
    Array.isArray(value['by'])
  );
}
function isKpiMessage(value: unknown): value is KpiMessage {
  return isFields(value) && isFields(value['window']) && isFields(value['key']) && typeof value['n'] === 'number';
}
