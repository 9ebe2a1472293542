/** Alerts of rules and keys that the configuration covers no more: each is ended by one last message, at the first call. */
import type { Collector, Millis } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { alertOutput, endedMessage } from './alert-message.ts';

export class LeftBehind {
  #alerts: { readonly message: AlertMessage; readonly why: 'rule_removed' | 'key_left' }[] = [];
  /** Rules that are no more, as the next delta has to say. */
  #rules: string[] = [];

  rule(rule: string, alerts: readonly AlertMessage[]): void {
    this.#rules.push(rule);
    for (const message of alerts) this.#alerts.push({ message, why: 'rule_removed' });
  }
  key(message: AlertMessage): void {
    this.#alerts.push({ message, why: 'key_left' });
  }

  get isTold(): boolean {
    return this.#alerts.length === 0;
  }
  tell(watermark: Millis, out: Collector<never>): void {
    if (this.isTold) return;
    for (const { message, why } of this.#alerts) {
      const ended = endedMessage(message, why, watermark);
      out.send(alertOutput(ended.message, ended.at));
      out.count('alerts_resolved');
    }
    out.urgent();
    this.#alerts = [];
  }

  /** Not taken yet. */
  get rules(): readonly string[] {
    return this.#rules;
  }
  taken(): void {
    this.#rules = [];
  }
}
