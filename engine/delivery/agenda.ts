/**
 * What a hook's alerts wait for: which may be told now, in which group, and how many of a group people know of and that still
 * fire. Kept up alert by alert: what does not change costs nothing.
 */
import type { AlertMessage } from '../core/wire.ts';
import { groupOf, type HookRules } from './hook-rules.ts';
import type { AlertRecord } from './records.ts';

export interface AlertGroup {
  readonly name: string;
  readonly names: Readonly<Record<string, string>>;
  /** To be told, in the order in which that came: urgent ones and others. */
  readonly urgent: Map<string, AlertRecord>;
  readonly other: Map<string, AlertRecord>;
  /** Alerts that were told, or are being told, and fire. */
  open: number;
}

type Lane = 'urgent' | 'other' | null;

interface Place {
  readonly group: AlertGroup;
  readonly isOpen: boolean;
  readonly lane: Lane;
}

export class Agenda {
  readonly #rules: HookRules;
  readonly #groups = new Map<string, AlertGroup>();
  readonly #ready = new Set<AlertGroup>();
  readonly #urgent = new Set<AlertGroup>();
  readonly #places = new Map<string, Place>();

  constructor(rules: HookRules) {
    this.#rules = rules;
  }

  /** `isOpen`: it was told or is being told, and fires. `isReady`: it may be told now. */
  place(record: AlertRecord, isOpen: boolean, isReady: boolean): void {
    const { alert, severity } = record.message;
    const isUrgent = record.want === 'resolved' || severity === 'critical';
    const lane = !isReady ? null : isUrgent ? 'urgent' : 'other';
    const names = this.#namesOf(record.message);
    const name = JSON.stringify(names);
    const known = this.#places.get(alert);
    // What stands where it stood keeps its place in the row.
    if (known !== undefined && known.group.name === name && known.isOpen === isOpen && known.lane === lane) return;
    if (known !== undefined) this.#leave(alert, known);
    if (!isOpen && lane === null) return;
    const group = this.#groups.get(name) ?? { name, names, urgent: new Map(), other: new Map(), open: 0 };
    this.#groups.set(name, group);
    if (isOpen) group.open++;
    if (lane !== null) {
      group[lane].set(alert, record);
      this.#ready.add(group);
      if (lane === 'urgent') this.#urgent.add(group);
    }
    this.#places.set(alert, { group, isOpen, lane });
  }

  remove(alert: string): void {
    const known = this.#places.get(alert);
    if (known !== undefined) this.#leave(alert, known);
  }

  /** Those with something to tell. */
  groups(which: 'all' | 'urgent'): ReadonlySet<AlertGroup> {
    return which === 'all' ? this.#ready : this.#urgent;
  }

  /** Programs are told each alert by itself, in one row. */
  #namesOf(message: AlertMessage): Readonly<Record<string, string>> {
    return this.#rules.readers === 'people' ? groupOf(this.#rules, message) : {};
  }

  #leave(alert: string, { group, isOpen, lane }: Place): void {
    this.#places.delete(alert);
    if (isOpen) group.open--;
    if (lane !== null) group[lane].delete(alert);
    if (group.urgent.size > 0) return;
    this.#urgent.delete(group);
    if (group.other.size > 0) return;
    this.#ready.delete(group);
    if (group.open === 0) this.#groups.delete(group.name);
  }
}
