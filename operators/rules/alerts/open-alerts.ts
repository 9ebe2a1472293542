/** The open alerts of one rule: the last message of each, by key, and what people say of it. */
import { must } from '../../../engine/core/must.ts';
import type { Collector, Millis, State } from '../../../engine/core/types.ts';
import type { Acknowledgement, AlertMessage } from '../../../engine/core/wire.ts';
import type { Silences } from '../../controls/silences.ts';
import { alertItem, alertOutput } from './alert-message.ts';
import { SavedMap, type SavedEntry } from '../saved-map.ts';

type Out = Collector<never>;

export class OpenAlerts {
  readonly #messages = new SavedMap<AlertMessage>((message) => message as unknown as State);

  get size(): number {
    return this.#messages.size;
  }
  get(keyId: string): AlertMessage | undefined {
    return this.#messages.get(keyId);
  }
  set(keyId: string, message: AlertMessage): void {
    this.#messages.set(keyId, message);
  }
  delete(keyId: string): void {
    this.#messages.delete(keyId);
  }
  clear(): void {
    this.#messages.clear();
  }

  keyOf(alert: string): string | undefined {
    for (const [keyId, message] of this.#messages.entries()) if (message.alert === alert) return keyId;
    return undefined;
  }
  /** Part of the alert's stream like a change of state, which it is none of: `previous` is the state that it stays in. */
  setAcked(keyId: string, acked: Acknowledgement | null, at: Millis, out: Out): void {
    const message = must(this.#messages.get(keyId), 'an alert that is found by its id has a message');
    const changed = { ...message, previous: message.state, acked };
    this.#messages.set(keyId, changed);
    out.send(alertOutput(changed, at));
    out.urgent();
  }
  /** Silences began or ended: boards are shown what that changes. */
  showSilences(silences: Silences, at: Millis, out: Out): void {
    for (const [keyId, message] of [...this.#messages.entries()]) {
      const silenced = silences.covers(message, at);
      if (silenced === message.silenced) continue;
      const changed = { ...message, silenced };
      this.#messages.set(keyId, changed);
      out.show(alertItem(changed));
    }
  }
  showAll(out: Out): void {
    for (const [, message] of this.#messages.entries()) out.show(alertItem(message));
  }

  takeChanges(): readonly SavedEntry[] {
    return this.#messages.takeChanges();
  }
  parts(): Generator<readonly SavedEntry[], void, undefined> {
    return this.#messages.parts();
  }
  load(saved: readonly SavedEntry[]): void {
    this.#messages.load(saved.map(([key, message]) => [key, message as unknown as AlertMessage | null]));
  }
}
