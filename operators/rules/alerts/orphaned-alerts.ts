/** Alerts of rules and keys that the configuration no longer covers: each is ended by one last message, at the first call. */
import type { Collector, Millis } from '../../../engine/core/types.ts';
import { endedMessage, endOutputs, type OpenAlert } from './alert-message.ts';

interface Orphan extends OpenAlert {
  readonly why: 'rule_removed' | 'key_left';
}

export class OrphanedAlerts {
  #alerts: Orphan[] = [];
  /** Rules that were removed, as the next delta has to say. */
  #rules: string[] = [];

  addRule(rule: string, alerts: readonly OpenAlert[]): void {
    this.#rules.push(rule);
    for (const alert of alerts) this.#alerts.push({ ...alert, why: 'rule_removed' });
  }
  addKey(alert: OpenAlert): void {
    this.#alerts.push({ ...alert, why: 'key_left' });
  }

  /** Every one was ended. */
  get isEmpty(): boolean {
    return this.#alerts.length === 0;
  }
  resolve(watermark: Millis, out: Collector<never>): void {
    if (this.isEmpty) return;
    for (const { message, announced, why } of this.#alerts) {
      const ended = endedMessage(message, why, watermark);
      for (const output of endOutputs(ended.message, announced, ended.at)) out.send(output);
      out.count('alerts_resolved');
    }
    out.urgent();
    this.#alerts = [];
  }

  /** Not taken yet. */
  get removedRules(): readonly string[] {
    return this.#rules;
  }
  takeRemovedRules(): void {
    this.#rules = [];
  }
}
