/**
 * The actions that are open, as boards and `GET /v1/actions` show them: what has to be done until somebody does it. An action is open
 * from the message that says so (`open: true`) until the one that says it is done, withdrawn or expired. Bounded: past `most` the one
 * that is due last gives way, counted.
 */
import type { Json, JsonObject } from '../core/types.ts';

export interface OpenAction {
  readonly id: string;
  readonly kind: string;
  /** RFC 3339; null: whenever. */
  readonly due: string | null;
  readonly priority: number | null;
  readonly owner: string | null;
  /** As clients receive it. */
  readonly item: Json;
}

export class BoardActions {
  readonly #most: number;
  readonly #open = new Map<string, OpenAction>();
  /** Those nobody has spoken of since the engine lost sight of them; undefined: it has not. */
  #unconfirmed: Set<string> | undefined;
  /** Left out because there were too many. */
  dropped = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** `item`: `{id, kind, type, time, data}`. False: it repeats what is known. */
  take(item: JsonObject): boolean {
    const data = objectOf(item['data']);
    const id = textOf(data['id']);
    const of = textOf(objectOf(data['of'])['id']);
    if (of !== null) return this.#escalate(of, data['state'] === 'due');
    if (id === null) return true;
    this.#unconfirmed?.delete(id);
    if (data['state'] !== 'due' || data['open'] !== true) {
      this.#open.delete(id);
      return true;
    }
    const known = this.#open.get(id);
    // Shown once more after a start.
    if (known !== undefined && isSame(objectOf(objectOf(known.item)['data']), data)) return false;
    this.#put(id, item, data);
    return true;
  }
  #put(id: string, item: JsonObject, data: JsonObject): void {
    const { priority } = data;
    this.#open.set(id, {
      id,
      kind: textOf(item['kind']) ?? '', // every message has one
      due: textOf(data['due']),
      priority: typeof priority === 'number' ? priority : null,
      owner: textOf(data['owner']),
      item,
    });
    if (this.#open.size <= this.#most) return;
    const last = this.all().at(-1);
    if (last !== undefined) this.#open.delete(last.id);
    this.dropped += 1;
  }
  #escalate(id: string, isEscalated: boolean): boolean {
    const known = this.#open.get(id);
    if (known === undefined) return true;
    const item = objectOf(known.item);
    const { escalated: _, ...data } = objectOf(item['data']);
    this.#open.set(id, { ...known, item: { ...item, data: isEscalated ? { ...data, escalated: true } : data } });
    return true;
  }

  get(id: string): OpenAction | undefined {
    return this.#open.get(id);
  }
  /** Due first, then the higher priority; what is due whenever comes last. */
  all(): readonly OpenAction[] {
    return [...this.#open.values()].sort(byDue);
  }
  get size(): number {
    return this.#open.size;
  }

  markIncomplete(): void {
    this.#unconfirmed ??= new Set(this.#open.keys());
  }
  /** All that is open was reported: what was not is over. True: some were. */
  markComplete(): boolean {
    const gone = this.#unconfirmed ?? new Set<string>();
    this.#unconfirmed = undefined;
    for (const id of gone) this.#open.delete(id);
    return gone.size > 0;
  }
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return ['sent', 'due', 'owner', 'escalated'].every((name) => (a[name] ?? null) === (b[name] ?? null)); // not said
}

type Order = (a: OpenAction, b: OpenAction) => number;

export const byDue: Order = (a, b) =>
  compared(a.due ?? LAST, b.due ?? LAST) || (b.priority ?? 0) - (a.priority ?? 0) || compared(a.id, b.id); // whenever; none
export const byPriority: Order = (a, b) =>
  (b.priority ?? 0) - (a.priority ?? 0) || compared(a.due ?? LAST, b.due ?? LAST) || compared(a.id, b.id); // none; whenever
const LAST = '~';

function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
const NOTHING: JsonObject = {};
function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : NOTHING;
}
