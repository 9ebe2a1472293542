/**
 * The messages of alerts as they are saved: one line each, whichever hooks and notices hold it, which name it by its number. What is
 * written thousandfold in a storm is short so. A message is no more when nothing saved names it.
 */
import { must } from '../../core/must.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { AlertRecord, HookChanges, PendingNotice } from '../../delivery/records.ts';
import { linesOf, type HookPosition, type SavedLine } from './saved-lines.ts';

const PREFIX = 'message.';

/** What is saved of a record or a notice instead of its messages. */
type Named<T> = Omit<T, 'message' | 'alerts'> & { readonly message?: unknown; readonly alerts?: unknown };

interface Known {
  readonly message: AlertMessage;
  /** Keys that name it; a key that does so twice counts twice. */
  uses: number;
}

/** What one save writes; it holds once all of it is stored. */
export interface SavePlan {
  readonly lines: readonly SavedLine[];
  readonly commit: () => void;
}

export class SavedMessages {
  readonly #known = new Map<number, Known>();
  readonly #numbers = new Map<AlertMessage, number>();
  /** By the key that names them. */
  readonly #named = new Map<string, readonly number[]>();
  /** Named by nothing: the save that would have said so was stored in part. */
  #orphans: readonly number[] = [];
  #next = 1;

  /** What was saved, as it was read: with its messages in their places. Engines of before wrote those there themselves. */
  restore(values: Map<string, string>): ReadonlyMap<string, unknown> {
    for (const [key, text] of values) {
      if (!key.startsWith(PREFIX)) continue;
      const number = Number(key.slice(PREFIX.length));
      const message = JSON.parse(text) as AlertMessage;
      this.#known.set(number, { message, uses: 0 });
      this.#numbers.set(message, number);
      this.#next = Math.max(this.#next, number + 1);
    }
    const whole = new Map<string, unknown>();
    for (const [key, text] of values) {
      if (!key.startsWith(PREFIX)) whole.set(key, this.#restored(key, JSON.parse(text)));
    }
    this.#orphans = [...this.#known].flatMap(([number, { uses }]) => (uses === 0 ? [number] : []));
    return whole;
  }

  /** Messages first and those that are no more last: what only in part is stored names nothing that is missing. */
  plan(changes: ReadonlyMap<string, HookChanges>, position: HookPosition | null): SavePlan {
    const added = new Map<AlertMessage, number>();
    const named = new Map<string, readonly number[]>();
    const numberOf = (message: AlertMessage): number => {
      const known = this.#numbers.get(message) ?? added.get(message);
      if (known !== undefined) return known;
      const number = this.#next + added.size;
      added.set(message, number);
      return number;
    };
    const rest = linesOf(changes, position, {
      alert: (key, record) => {
        const number = record === null ? null : numberOf(record.message);
        named.set(key, number === null ? [] : [number]);
        return record === null ? null : JSON.stringify({ ...record, message: number } satisfies Named<AlertRecord>);
      },
      notice: (key, notice) => {
        const numbers = notice === null ? [] : notice.alerts.map(numberOf);
        named.set(key, numbers);
        return notice === null ? null : JSON.stringify({ ...notice, alerts: numbers } satisfies Named<PendingNotice>);
      },
    });
    const uses = this.#usesAfter(named);
    const gone = [...uses].flatMap(([number, count]) => (count === 0 ? [number] : []));
    const lines = [
      ...[...added].map(([message, number]) => ({ key: `${PREFIX}${number}`, value: JSON.stringify(message) })),
      ...rest,
      ...gone.map((number) => ({ key: `${PREFIX}${number}`, value: null })),
    ];
    return { lines, commit: () => this.#commit(added, named, uses) };
  }

  #restored(key: string, value: unknown): unknown {
    if (!key.startsWith('alert.') && !key.startsWith('notice.')) return value;
    const { message, alerts } = value as Named<object>;
    const numbers = (Array.isArray(alerts) ? alerts : [message]).filter((one) => typeof one === 'number');
    if (numbers.length === 0) return value;
    this.#named.set(key, numbers);
    const messages = numbers.map((number) => {
      const known = must(this.#known.get(number), 'a message is stored before what names it');
      known.uses++;
      return known.message;
    });
    const put = Array.isArray(alerts) ? { alerts: messages } : { message: messages[0] };
    return { ...(value as object), ...put };
  }

  /** Of the messages whose uses change, and of orphans. */
  #usesAfter(named: ReadonlyMap<string, readonly number[]>): ReadonlyMap<number, number> {
    const uses = new Map(this.#orphans.map((number) => [number, 0]));
    const change = (number: number, by: number): void => {
      uses.set(number, (uses.get(number) ?? this.#known.get(number)?.uses ?? 0) + by); // a new one is named by nothing yet
    };
    for (const [key, numbers] of named) {
      for (const number of this.#named.get(key) ?? []) change(number, -1); // a new key named none
      for (const number of numbers) change(number, 1);
    }
    return uses;
  }

  #commit(
    added: ReadonlyMap<AlertMessage, number>,
    named: ReadonlyMap<string, readonly number[]>,
    uses: ReadonlyMap<number, number>,
  ): void {
    this.#next += added.size;
    this.#orphans = [];
    for (const [message, number] of added) {
      this.#known.set(number, { message, uses: 0 });
      this.#numbers.set(message, number);
    }
    for (const [key, numbers] of named) {
      if (numbers.length === 0) this.#named.delete(key);
      else this.#named.set(key, numbers);
    }
    for (const [number, count] of uses) {
      const known = must(this.#known.get(number), 'what is named is known');
      known.uses = count;
      if (count > 0) continue;
      this.#known.delete(number);
      this.#numbers.delete(known.message);
    }
  }
}
