/** Which alerts others mute: a source that fires mutes targets that are equal to it; nothing mutes itself. */
import type { AlertMessage } from '../core/wire.ts';

export interface InhibitRule {
  readonly isSource: (message: AlertMessage) => boolean;
  readonly isTarget: (message: AlertMessage) => boolean;
  /** What the two have in common, as text; null: the alert lacks a part of it, and is equal to none. */
  readonly common: (message: AlertMessage) => string | null;
}

/** A rule and the alerts that fire of its sources, by what they have in common with targets. */
interface Sources {
  readonly rule: InhibitRule;
  readonly byCommon: Map<string, Set<string>>;
  readonly commonOf: Map<string, string>;
}

/** Follows the alerts that fire. */
export class Inhibitions {
  readonly #rules: readonly Sources[];
  #version = 0;

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map((rule) => ({ rule, byCommon: new Map(), commonOf: new Map() }));
  }

  /** Another one whenever what is muted may have changed. */
  get version(): number {
    return this.#version;
  }

  changed(message: AlertMessage): void {
    const stands = message.state === 'firing' || message.state === 'recovering';
    for (const sources of this.#rules) {
      const common = stands && sources.rule.isSource(message) ? sources.rule.common(message) : null;
      if (place(sources, message.alert, common)) this.#version++;
    }
  }

  isMuted(message: AlertMessage): boolean {
    return this.#rules.some(({ rule, byCommon }) => {
      // Of two that match both sides neither would be told: the one that is a source is.
      if (!rule.isTarget(message) || rule.isSource(message)) return false;
      const common = rule.common(message);
      return common !== null && byCommon.has(common);
    });
  }
}

/** Whether that changed something. */
function place({ byCommon, commonOf }: Sources, alert: string, common: string | null): boolean {
  const before = commonOf.get(alert) ?? null; // null: it was no source
  if (before === common) return false;
  if (before !== null) {
    const others = byCommon.get(before);
    others?.delete(alert);
    if (others?.size === 0) byCommon.delete(before);
    commonOf.delete(alert);
  }
  if (common !== null) {
    commonOf.set(alert, common);
    const alerts = byCommon.get(common);
    if (alerts === undefined) byCommon.set(common, new Set([alert]));
    else alerts.add(alert);
  }
  return true;
}
