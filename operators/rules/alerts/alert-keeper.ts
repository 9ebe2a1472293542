/** What the rules operator asks of one rule, whatever the rule looks at: windows of a KPI, or single events. */
import type { Collector, Millis } from '../../../engine/core/types.ts';
import type { Acknowledgement } from '../../../engine/core/wire.ts';
import type { OpenAlert } from './alert-message.ts';
import type { SavedRule } from '../rules-state.ts';

type Out = Collector<never>;

export interface AlertKeeper {
  readonly rule: { readonly id: string };
  readonly openAlerts: number;
  /** Keys that are kept in mind. */
  readonly followed: number;
  /** The moment `at` has come for this key. */
  due(keyId: string, at: Millis, out: Out): void;
  /** The key of an open alert. */
  keyOf(alert: string): string | undefined;
  /** False: somebody took charge of it before. */
  ack(keyId: string, acked: Acknowledgement, at: Millis, out: Out): boolean;
  /** False: nobody had. */
  unack(keyId: string, at: Millis, out: Out): boolean;
  showSilences(at: Millis, out: Out): void;
  showAll(out: Out): void;
  clear(): void;
  takeChanges(): SavedRule | undefined;
  parts(): Iterable<SavedRule>;
  load(saved: SavedRule): void;
  /** After everything was loaded; `isChanged`: the rule is not the one that was saved. Returns what it no longer covers. */
  resume(isChanged: boolean): readonly OpenAlert[];
}
