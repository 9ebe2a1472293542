/** What a notice is made of. */
import { must } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { Batch } from './batch.ts';
import { worstFirst, type AlertRecord, type NoticeKind } from '../records.ts';

/** One notice lists so many alerts, counts so many further ones; what is more comes with the next. */
const MOST_LISTED = 20;
const MOST_COUNTED = 2000;

export interface Made {
  readonly kind: NoticeKind;
  /** Worst first. */
  readonly alerts: readonly AlertMessage[];
  /** Further alerts that it counts and does not list. */
  readonly more: readonly string[];
  readonly at: Millis;
  readonly thread: string | null;
  readonly group: Readonly<Record<string, string>>;
  readonly standing: number;
  readonly wasMuted: boolean;
  readonly posted?: string;
}

export function madeOf(
  { kind, records, group, standing }: Batch,
  at: Millis,
): { readonly made: Made; readonly told: readonly AlertRecord[] } {
  const worst = records.length === 1 ? records : [...records].sort((a, b) => worstFirst(a.message, b.message));
  const told = worst.slice(0, MOST_LISTED + MOST_COUNTED);
  const messages = told.map(({ message }) => message);
  const { thread, posted } = must(told[0], 'a batch has alerts'); // a first notice begins a thread
  const made = {
    ...{ kind, at, thread, group, standing },
    alerts: messages.slice(0, MOST_LISTED),
    more: messages.slice(MOST_LISTED).map(({ alert }) => alert),
    wasMuted: told.some((record) => record.wasMuted && record.want === 'first'),
    ...(told.length === 1 && posted !== undefined ? { posted } : {}),
  };
  return { made, told };
}
