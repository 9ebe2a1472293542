/** What people decide about alerts, carried out on the rules and silences. */
import { formatInstant } from '../../../engine/core/cloud-events.ts';
import type { Collector } from '../../../engine/core/types.ts';
import type { Noted, RuleControl } from '../../controls/controls.ts';
import { silenceGone, silenceItem, type Silences } from '../../controls/silences.ts';
import type { AlertKeeper } from './alert-keeper.ts';

/** Why it had no effect; null: it had. */
export function carryOut(
  control: Exclude<RuleControl, Noted>,
  rules: readonly AlertKeeper[],
  silences: Silences,
  out: Collector<never>,
): string | null {
  const { at, by } = control;
  switch (control.control) {
    case 'ack':
    case 'unack': {
      const keys = rules.find((rule) => rule.keyOf(control.alert) !== undefined);
      const keyId = keys?.keyOf(control.alert);
      if (keys === undefined || keyId === undefined) return 'there is no such open alert';
      const via = control.via === undefined ? {} : { via: control.via };
      if (control.control === 'unack') return keys.unack(keyId, at, out) ? null : 'nobody had acknowledged it';
      const note = control.note === null ? {} : { note: control.note };
      return keys.ack(keyId, { by, at: formatInstant(at), ...via, ...note }, at, out)
        ? null
        : 'it was acknowledged before';
    }
    case 'silence': {
      const { id, match, until, why } = control;
      const silence = { id, match, until, by, at, why };
      if (until <= at) return 'it was over before it began';
      if (!silences.add(silence)) return 'there are too many silences';
      out.show(silenceItem(silence));
      return null;
    }
    case 'unsilence':
      if (!silences.remove(control.id)) return 'there is none';
      out.show(silenceGone(control.id));
      return null;
  }
}
