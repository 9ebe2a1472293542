/** What is saved of all hooks, by hook: from its lines as they were read. */
import type {
  ActionRecord,
  AlertRecord,
  CourseRecord,
  FailedNotice,
  PendingNotice,
  ReceiverRecord,
  SavedHook,
} from '../../delivery/records.ts';
import type { HookPosition } from './saved-lines.ts';

export interface SavedHooks {
  /** null: nothing was saved yet. */
  readonly position: HookPosition | null;
  readonly alerts: ReadonlyMap<string, readonly AlertRecord[]>;
  readonly pending: ReadonlyMap<string, readonly PendingNotice[]>;
  readonly failed: ReadonlyMap<string, readonly FailedNotice[]>;
  readonly actions: ReadonlyMap<string, readonly ActionRecord[]>;
  readonly receivers: ReadonlyMap<string, ReceiverRecord>;
  /** By hook, then by the name of the course. */
  readonly courses: ReadonlyMap<string, ReadonlyMap<string, CourseRecord>>;
}

/** Of one hook; one that is new has nothing saved. */
export function savedHook(saved: SavedHooks, id: string): SavedHook {
  return {
    alerts: saved.alerts.get(id) ?? [],
    pending: saved.pending.get(id) ?? [],
    failed: saved.failed.get(id) ?? [],
    actions: saved.actions.get(id) ?? [],
    receiver: saved.receivers.get(id),
    courses: saved.courses.get(id) ?? new Map(),
  };
}

export function savedHooks(values: ReadonlyMap<string, unknown>): SavedHooks {
  let position: HookPosition | null = null;
  const alerts = new Map<string, AlertRecord[]>();
  const pending = new Map<string, PendingNotice[]>();
  const failed = new Map<string, FailedNotice[]>();
  const actions = new Map<string, ActionRecord[]>();
  const receivers = new Map<string, ReceiverRecord>();
  const courses = new Map<string, Map<string, CourseRecord>>();
  for (const [key, value] of values) {
    const [kind, hook = '', ...rest] = key.split('.'); // the position has no hook
    if (kind === 'position') position = value as HookPosition;
    else if (kind === 'alert') add(alerts, hook, value as AlertRecord);
    else if (kind === 'notice') add(pending, hook, value as PendingNotice);
    else if (kind === 'failed') add(failed, hook, value as FailedNotice);
    else if (kind === 'action') add(actions, hook, value as ActionRecord);
    else if (kind === 'receiver') receivers.set(hook, value as ReceiverRecord);
    else if (kind === 'course') {
      const known = courses.get(hook) ?? new Map<string, CourseRecord>();
      courses.set(hook, known.set(decodeURIComponent(rest.join('.')), value as CourseRecord));
    }
  }
  return { position, alerts, pending, failed, actions, receivers, courses };
}

function add<T>(map: Map<string, T[]>, hook: string, value: T): void {
  const list = map.get(hook);
  if (list === undefined) map.set(hook, [value]);
  else list.push(value);
}
