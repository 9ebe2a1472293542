/** What the engine and the thread of its hooks say to each other: plain data, since it is copied from one to the other. */
import type { BrokerAddress } from '../../../adapters/nats/connection-options.ts';
import type { ThreadLogLine } from '../../../adapters/process/thread-log.ts';
import type { Family } from '../../../core/metrics.ts';
import type { NoticeNote } from '../../../core/wire.ts';
import type { HookStatus } from '../../../gateway/gateway-ports.ts';
import type { Inhibition } from '../../../../operators/destinations/hooks-config.ts';
import type { HookParts } from '../configured-hooks.ts';
import type { LinkSources } from '../answers/notice-links.ts';

/** What the thread starts with. */
export interface HookThreadData {
  readonly parts: HookParts;
  readonly links: LinkSources;
  readonly inhibit: readonly Inhibition[];
  readonly broker: BrokerAddress;
  /** Nobody else can tell: the store has one owner already. */
  readonly isAlone: boolean;
  readonly owner: string;
  readonly replicas: number;
}

/** Whether an alert of the board is silenced; null: the board has it no more. */
export type SilencedChange = readonly [alert: string, isSilenced: boolean | null];

export type ToHookThread =
  | {
      readonly kind: 'board';
      /** Whether these are all alerts there are: rules are judged here. */
      readonly isComplete: boolean;
      readonly changes: readonly SilencedChange[];
    }
  /** Answered by the notes of this alert, under the same id. */
  | { readonly kind: 'ask_notes'; readonly id: number; readonly alert: string }
  | { readonly kind: 'end' };

/** How the hooks do. */
export interface HookReport {
  readonly statuses: readonly HookStatus[];
  readonly families: readonly Family[];
  /** What the broker refuses the thread, or it tries in vain, and why. */
  readonly troubles: readonly string[];
  /** This instance tells of alerts, and has read all there are. */
  readonly isTelling: boolean;
}

export type FromHookThread =
  | ThreadLogLine
  | { readonly kind: 'notes'; readonly id: number; readonly notes: readonly NoticeNote[] }
  | { readonly kind: 'report'; readonly report: HookReport };
