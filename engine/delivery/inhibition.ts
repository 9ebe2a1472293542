/** Which alerts others mute: a source that fires mutes targets that are equal to it; nothing mutes itself. */
import type { AlertMessage } from '../core/wire.ts';

export interface InhibitRule {
  readonly isSource: (message: AlertMessage) => boolean;
  readonly isTarget: (message: AlertMessage) => boolean;
  /** What the two have in common, as text; null: the alert lacks a part of it, and is equal to none. */
  readonly common: (message: AlertMessage) => string | null;
}

/** Follows the alerts that fire. */
export class Inhibitions {
  readonly #rules: readonly InhibitRule[];
  readonly #firing = new Map<string, AlertMessage>();

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules;
  }

  changed(message: AlertMessage): void {
    const stands = message.state === 'firing' || message.state === 'recovering';
    const isSource = this.#rules.some((rule) => rule.isSource(message));
    if (stands && isSource) this.#firing.set(message.alert, message);
    else this.#firing.delete(message.alert);
  }

  isMuted(message: AlertMessage): boolean {
    return this.#rules.some((rule) => {
      if (!rule.isTarget(message)) return false;
      const common = rule.common(message);
      if (common === null) return false;
      for (const source of this.#firing.values()) {
        if (source.alert !== message.alert && rule.isSource(source) && rule.common(source) === common) {
          // Of two that match both sides neither would be told: the one that is a source is.
          if (!rule.isSource(message)) return true;
        }
      }
      return false;
    });
  }
}
