/**
 * What is a number of a key, of all keys, a row each: how its run stands, and how far what may still change of it has come. The part of
 * key-columns.ts that needs nothing else.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import { VERBS, type KeyState, type Verb } from '../clock.ts';
import type { Lone } from './lone-record.ts';

export const OPEN = 1;
const BREACHED = 2;
export const PAUSES = 4;
const DIRTY = 8;
const FOLDING = 16;
/** From this bit on, how far its one record has come; where nothing else is known of the key, `since` and `values` are that record's. */
const LONE_AT = 5;
const LONE_BITS = 7;
/** From this bit on, the verb of its one record, or of what began the run. */
const VERB_AT = 8;
const VERB_BITS = 15;
/** Its tail is made of objects. */
export const TAILED = 1 << 12;
/** What began the run that a record ends is in the log, too. */
export const BEGUN = 1 << 13;

/** Numbers of a slot lie side by side, in one line of the processor's cache. */
const ROW = 8;
const [SINCE, TARGET, NEXT, RUN, LIFE, RESTARTS, FLAGS, STEP] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** `STEP` holds how many warnings are done with, and the calendar, of which −1 is none. */
const CALENDARS = 1024;

export class KeyRows {
  #rows = new Float64Array(16 * ROW);

  /** Of a key that begins: all of what is known but its flags is to be put in. */
  protected beginRow(slot: number): void {
    if ((slot + 1) * ROW > this.#rows.length) this.#rows = grown(this.#rows, new Float64Array(lengthFor(slot) * ROW));
    this.#rows[slot * ROW + FLAGS] = 0;
  }
  /** So many slots are expected. */
  protected expectRows(slots: number): void {
    if (slots * ROW > this.#rows.length) this.#rows = grown(this.#rows, new Float64Array(slots * ROW));
  }
  isOpen(slot: number): boolean {
    return (this.flagsOf(slot) & OPEN) !== 0;
  }
  sinceOf(slot: number): number {
    return this.#rows[slot * ROW + SINCE] as number;
  }
  /** Whether a run ever began. */
  hasRun(slot: number): boolean {
    return (this.#rows[slot * ROW + RUN] as number) > 0;
  }
  /** When something happens by itself; Infinity: never. */
  nextOf(slot: number): number {
    return this.#rows[slot * ROW + NEXT] as number;
  }
  /** How far the one record of its tail, or what ends its run, has come; `none`: there is more, or no tail. */
  loneOf(slot: number): Lone {
    return ((this.flagsOf(slot) >>> LONE_AT) & LONE_BITS) as Lone;
  }
  /** Of its one record. */
  verbOf(slot: number): Verb {
    return elementAt(VERBS, (this.flagsOf(slot) >>> VERB_AT) & VERB_BITS);
  }
  protected setLone(slot: number, lone: Lone, verb: number): void {
    const flags = this.flagsOf(slot) & ((1 << LONE_AT) - 1);
    this.#rows[slot * ROW + FLAGS] = flags | (lone << LONE_AT) | (verb << VERB_AT);
  }
  protected become(slot: number, lone: Lone): void {
    this.#rows[slot * ROW + FLAGS] = (this.flagsOf(slot) & ~(LONE_BITS << LONE_AT)) | (lone << LONE_AT);
  }
  isDirty(slot: number): boolean {
    return (this.flagsOf(slot) & DIRTY) !== 0;
  }
  setDirty(slot: number, isDirty: boolean): void {
    this.setFlag(slot, DIRTY, isDirty);
  }
  isFolding(slot: number): boolean {
    return (this.flagsOf(slot) & FOLDING) !== 0;
  }
  setFolding(slot: number, isFolding: boolean): void {
    this.setFlag(slot, FOLDING, isFolding);
  }
  protected setFlag(slot: number, flag: number, isSet: boolean): void {
    const flags = this.flagsOf(slot);
    this.#rows[slot * ROW + FLAGS] = isSet ? flags | flag : flags & ~flag;
  }
  protected flagsOf(slot: number): number {
    // A whole one, which is handed on without being boxed.
    return (this.#rows[slot * ROW + FLAGS] as number) | 0;
  }

  /** A run ended so, or a record lies there. */
  protected setSince(slot: number, since: number): void {
    this.#rows[slot * ROW + SINCE] = since;
  }
  protected setEnded(slot: number, { since, next }: KeyState): void {
    const row = slot * ROW;
    this.setFlag(slot, OPEN, false);
    this.#rows[row + SINCE] = since;
    this.#rows[row + NEXT] = next;
  }

  /** All of a state but its pauses and values. */
  protected loadNumbers(slot: number, state: KeyState): void {
    const rows = this.#rows;
    const row = slot * ROW;
    const flags = rows[row + FLAGS] as number;
    const step = rows[row + STEP] as number;
    state.run = rows[row + RUN] as number;
    state.life = rows[row + LIFE] as number;
    state.restarts = rows[row + RESTARTS] as number;
    state.isOpen = (flags & OPEN) !== 0;
    state.since = rows[row + SINCE] as number;
    state.targetMs = rows[row + TARGET] as number;
    state.calendar = (step % CALENDARS) - 1;
    state.isBreached = (flags & BREACHED) !== 0;
    state.warned = Math.floor(step / CALENDARS);
    state.next = rows[row + NEXT] as number;
  }
  protected putNumbers(slot: number, state: Readonly<KeyState>, isTailed: boolean, lone: Lone, verb: number): void {
    const rows = this.#rows;
    const row = slot * ROW;
    const flags = rows[row + FLAGS] as number;
    rows[row + FLAGS] =
      (flags & (DIRTY | FOLDING)) |
      (state.isOpen ? OPEN : 0) |
      (state.isBreached ? BREACHED : 0) |
      (state.pauses === null ? 0 : PAUSES) |
      (isTailed ? TAILED : 0) |
      (lone << LONE_AT) |
      (verb << VERB_AT);
    rows[row + RUN] = state.run;
    rows[row + LIFE] = state.life;
    rows[row + RESTARTS] = state.restarts;
    rows[row + SINCE] = state.since;
    rows[row + TARGET] = state.targetMs;
    rows[row + NEXT] = state.next;
    rows[row + STEP] = state.warned * CALENDARS + state.calendar + 1;
  }
}
