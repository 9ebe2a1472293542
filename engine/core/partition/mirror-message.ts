/** What the instance that combines sends to the boards of the others. */
import type { LiveItem, Millis, Outgoing } from '../types.ts';

/** One call of what runs boards. */
export type ShowCall =
  | { readonly call: 'show'; readonly items: readonly LiveItem[] }
  | { readonly call: 'committed'; readonly messages: readonly Outgoing[] }
  | { readonly call: 'time'; readonly partition: number; readonly watermark: Millis; readonly lagMs: Millis }
  | { readonly call: 'restored'; readonly partition: number };

/** Who sends: the higher generation has taken over from the lower. */
export interface MirrorSource {
  readonly generation: number;
  readonly id: string;
}

/** `n`: counts messages of one source; of a snapshot, the last one that it holds. An empty one is a sign of life. */
export interface MirrorMessage {
  readonly source: MirrorSource;
  readonly n: number;
  readonly calls: readonly ShowCall[];
}

/** What is not one reads as null: a stranger's. */
export function mirrorMessageIn(value: unknown): MirrorMessage | null {
  if (!isObject(value) || !isObject(value['source'])) return null;
  const { n, calls } = value;
  const { generation, id } = value['source'];
  // Beyond what can be counted nothing would ever be newer.
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(n) || typeof id !== 'string') return null;
  if (!Array.isArray(calls) || !calls.every(isCall)) return null;
  return { source: { generation: generation as number, id }, n: n as number, calls };
}

/** What a board cannot show reads as a stranger's, too: it would fail later, where clients are served. */
function isCall(value: unknown): value is ShowCall {
  if (!isObject(value)) return false;
  switch (value['call']) {
    case 'show':
      return isListOf(value['items'], isShown);
    case 'committed':
      return isListOf(value['messages'], isCommitted);
    case 'time':
      return isFinite(value['partition']) && isFinite(value['lagMs']) && isTime(value['watermark']);
    default:
      return value['call'] === 'restored' && isFinite(value['partition']);
  }
}

function isShown(item: unknown): boolean {
  if (!isObject(item) || typeof item['key'] !== 'string' || typeof item['topic'] !== 'string') return false;
  const { topic, value } = item;
  if (topic.startsWith('kpi/')) return isKpi(value);
  if (topic === 'alerts') return isAlert(value);
  if (topic === 'actions') return isAction(value);
  return topic !== 'silences' || value === null || isObject(value);
}

function isCommitted(message: unknown): boolean {
  if (!isObject(message)) return false;
  const { id, subject, type, time, data } = message;
  if (typeof id !== 'string' || typeof subject !== 'string' || typeof type !== 'string' || !isTime(time)) return false;
  if (subject.startsWith('cx.kpi.')) return isKpi(data);
  return subject.startsWith('cx.alerts.') ? isAlert(data) : isObject(data);
}

function isKpi(value: unknown): boolean {
  if (!isObject(value) || !isKey(value['key']) || !isWindow(value['window'])) return false;
  const { kpi, value: of, n, revision, final, watermark, interval } = value;
  const isInterval =
    interval === null || (Array.isArray(interval) && interval.length === 2 && interval.every(isFinite));
  const isRight = (of === null || isFinite(of)) && isFinite(n) && isFinite(revision) && typeof final === 'boolean';
  return typeof kpi === 'string' && isRight && isInterval && isInstant(watermark);
}

const STATES: readonly unknown[] = ['pending', 'firing', 'recovering', 'resolved'];
function isAlert(value: unknown): boolean {
  if (!isObject(value) || !isKey(value['key']) || !STATES.includes(value['state'])) return false;
  const isNamed = ['alert', 'rule', 'kpi', 'severity', 'threshold'].every((name) => typeof value[name] === 'string');
  const isListed = isListOf(value['causes'], (cause) => isObject(cause) && isKey(cause['key']));
  const isSaid = isListOf(value['samples'], (sample) => typeof sample === 'string');
  const isAcked = value['acked'] === null || isObject(value['acked']);
  return isNamed && isListed && isSaid && isAcked && isInstant(value['at']) && isInstant(value['since']);
}

function isAction(value: unknown): boolean {
  return isObject(value) && typeof value['id'] === 'string' && isObject(value['data']);
}
function isKey(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}
function isWindow(value: unknown): boolean {
  return isObject(value) && isInstant(value['start']) && isInstant(value['end']);
}
function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
/** The last that a date can be; none before it is further away. */
const FARTHEST: Millis = 8.64e15;
function isTime(value: unknown): boolean {
  return isFinite(value) && Math.abs(value) <= FARTHEST;
}
function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
