/** Actions that are open, as the topic `actions` says them. Pure; what is no open action of the engine's is passed over. */
import type { Json } from '../../../engine/core/wire.ts';

export interface OpenAction {
  readonly id: string;
  readonly kind: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string } | null;
  /** The case, else whose it is. */
  readonly subject: string;
  readonly owner: string | null;
  /** null: whenever. */
  readonly due: number | null;
  readonly priority: number;
  readonly escalated: boolean;
}
export type OpenActions = ReadonlyMap<string, OpenAction>;

const MOST = 1000;

/** `items` are all there are. */
export function allActions(items: readonly Json[]): OpenActions {
  return withActions(new Map(), items);
}

/** After these changes, the oldest first. */
export function withActions(before: OpenActions, items: readonly Json[]): OpenActions {
  if (items.length === 0) return before;
  const after = new Map(before);
  for (const item of items) {
    const data = fieldsOf(fieldsOf(item)['data']);
    const of = fieldsOf(data['of'])['id'];
    if (typeof of === 'string') escalate(after, of, data['state'] === 'due');
    else if (typeof data['id'] === 'string') put(after, data['id'], fieldsOf(item), data);
  }
  return after;
}

function put(into: Map<string, OpenAction>, id: string, item: Fields, data: Fields): void {
  if (data['state'] !== 'due' || data['open'] !== true) {
    into.delete(id);
    return;
  }
  if (!into.has(id) && into.size >= MOST) return;
  const due = Date.parse(textOf(data['due']) ?? ''); // without one: not a date
  const title = fieldsOf(data['title']);
  const [zh, en] = [textOf(title['zh-CN']), textOf(title['en'])];
  into.set(id, {
    id,
    kind: textOf(item['kind']) ?? '', // from an engine that says none
    title: zh === null || en === null ? null : { 'zh-CN': zh, en },
    subject: textOf(data['case']) ?? textOf(data['key']) ?? '', // of nobody in particular
    owner: textOf(data['owner']),
    due: Number.isNaN(due) ? null : due,
    priority: typeof data['priority'] === 'number' ? data['priority'] : 0,
    escalated: data['escalated'] === true,
  });
}

function escalate(into: Map<string, OpenAction>, id: string, escalated: boolean): void {
  const known = into.get(id);
  if (known !== undefined) into.set(id, { ...known, escalated });
}

type Fields = Readonly<Record<string, unknown>>;
const NOTHING: Fields = {};
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;
}
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
