/** What is remembered of deliveries as text: a line a key, `key TAB value`; without a value the key is no more. */
import type { AlertRecord, HookChanges, PendingNotice } from '../../delivery/records.ts';

export interface SavedLine {
  readonly key: string;
  /** JSON; null: it is no more. */
  readonly value: string | null;
}

/** How far the alerts and the actions were read, and for which hooks. */
export interface HookPosition {
  readonly seq: number;
  /** Of CX_ACTIONS; absent: none were read yet. */
  readonly actions?: number;
  readonly hooks: readonly string[];
}

/** How what holds messages of alerts is written; null: it is no more. */
export interface LineWriters {
  readonly alert: (key: string, record: AlertRecord | null) => string | null;
  readonly notice: (key: string, notice: PendingNotice | null) => string | null;
}

const WHOLE: LineWriters = { alert: (_, record) => written(record), notice: (_, notice) => written(notice) };

/**
 * In the order in which they hold if only the first of them are stored: whom an escalation tells before that it was taken, what
 * an alert was told as before that its notice is done with, and the position last.
 */
export function linesOf(
  changes: ReadonlyMap<string, HookChanges>,
  position: HookPosition | null,
  { alert, notice: noticeText }: LineWriters = WHOLE,
): readonly SavedLine[] {
  const escalated: SavedLine[] = [];
  const lines: SavedLine[] = [];
  for (const [hook, { alerts, failed, receiver }] of changes) {
    for (const [id, record] of alerts) {
      const key = `alert.${hook}.${id}`;
      (record?.isEscalated === true ? escalated : lines).push({ key, value: alert(key, record) });
    }
    for (const [id, one] of failed) lines.push(line(`failed.${hook}.${id}`, one));
    if (receiver !== undefined) lines.push(line(`receiver.${hook}`, receiver));
  }
  for (const [hook, { notices }] of changes) {
    for (const [id, notice] of notices) {
      const key = `notice.${hook}.${id}`;
      lines.push({ key, value: noticeText(key, notice) });
    }
  }
  // That it was said, once its notice is stored.
  for (const [hook, { actions }] of changes) {
    for (const [id, action] of actions) lines.push(line(`action.${hook}.${encodeURIComponent(id)}`, action));
  }
  for (const [hook, { courses }] of changes) {
    for (const [name, course] of courses) lines.push(line(`course.${hook}.${encodeURIComponent(name)}`, course));
  }
  if (position !== null) lines.push(line('position', position));
  return [...escalated, ...lines];
}

function line(key: string, value: object | null): SavedLine {
  return { key, value: written(value) };
}

function written(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Texts of a size that the broker takes; a line is in one of them. */
export function textsOf(lines: readonly SavedLine[], most: number): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const { key, value } of lines) {
    const next = `${key}\t${value ?? ''}\n`; // no value: the key is no more
    if (text.length > 0 && text.length + next.length > most) {
      texts.push(text);
      text = '';
    }
    text += next;
  }
  return text === '' ? texts : [...texts, text];
}

export function parseLines(text: string): readonly SavedLine[] {
  return text.split('\n').flatMap((one) => {
    const tab = one.indexOf('\t');
    if (tab < 0) return [];
    return [{ key: one.slice(0, tab), value: tab === one.length - 1 ? null : one.slice(tab + 1) }];
  });
}
