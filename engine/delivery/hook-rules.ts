/** What delivery has to know of one hook: read from its configuration. */
import type { AlertMessage } from '../core/wire.ts';
import type { Millis } from '../core/types.ts';

export interface Rate {
  readonly notices: number;
  readonly per: Millis;
}

export interface Escalation {
  /** After the first notice of the alert was accepted. */
  readonly after: Millis;
  /** The id of the hook that is told. */
  readonly to: string;
}

export interface QuietHours {
  /** When the quiet hours of that instant end; null: it is not in any. */
  readonly until: (at: Millis) => Millis | null;
  /** Severities that are told all the same. */
  readonly except: readonly string[];
}

export interface HookRules {
  readonly id: string;
  /** Programs count alerts: each by itself, at once. People are told by groups. */
  readonly readers: 'people' | 'programs';
  readonly rates: readonly Rate[];
  /** What still fires is sent again so often, because the receiver forgets; null: it does not. */
  readonly renewEvery: Millis | null;
  readonly matches: (message: AlertMessage) => boolean;
  readonly repeat: Millis | null;
  /** `rule`, `owner`, `severity` or a dimension. */
  readonly groupBy: readonly string[];
  readonly groupWait: Millis;
  /** What resolved before its first notice left: not told, or told as brief. */
  readonly brief: 'skip' | 'tell';
  readonly escalate: readonly Escalation[];
  /** null: no quiet hours. */
  readonly quiet: QuietHours | null;
  /** A notice that could not be delivered for so long is given up and listed. */
  readonly expire: Millis;
}

/** What the alerts of one notice have in common. */
export function groupOf(rules: HookRules, message: AlertMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(rules.groupBy.map((name) => [name, groupValue(name, message)]));
}

function groupValue(name: string, message: AlertMessage): string {
  switch (name) {
    case 'rule':
      return message.rule;
    case 'owner':
      return message.owner ?? ''; // no owner is named by nobody
    case 'severity':
      return message.severity;
    default:
      return message.key[name] ?? ''; // an alert that lacks the dimension groups with those where it is empty
  }
}
