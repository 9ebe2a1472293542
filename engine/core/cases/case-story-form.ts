/** The story of one case as the API gives it: plain JSON. Instants are RFC 3339 with milliseconds. */
import type { Json, JsonObject } from '../types.ts';

/** 处理中, 待跟进, 已解决, 已关闭. */
export const CASE_STATES = ['open', 'pending', 'resolved', 'closed'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** Scoped dimensions and others that an event names, such as `{channel, region, team}`. */
export type CaseKey = Readonly<Record<string, string>>;

export interface CaseStep {
  readonly at: string;
  /** Type of the event. */
  readonly event: string;
  /** null: nothing was known of it before. */
  readonly from: CaseState | null;
  readonly to: CaseState;
  /** Who acted, where the event says so. */
  readonly by: string | null;
  readonly agent: string | null;
  readonly owner: string | null;
  /** No case goes this way: it counts, and stands as the event says. */
  readonly illegal: boolean;
  readonly key: CaseKey;
}

export interface CaseClock {
  readonly clock: string;
  readonly title: JsonObject;
  readonly run: number;
  /** A run that is open is `running` or `paused`. */
  readonly state: 'running' | 'paused' | 'stopped' | 'cancelled' | 'expired';
  readonly started: string;
  readonly ended: string | null;
  readonly due: string | null;
  readonly target_s: number | null;
  readonly elapsed_s: number;
  readonly working_s: number;
  readonly paused_s: number;
  readonly over_s: number | null;
  /** null: not judged, or not yet. */
  readonly met: boolean | null;
  readonly breached: boolean;
  /** Of a run that is open: percent of warnings that were given. */
  readonly warned: readonly number[];
}

/** What was said and done, oldest first. */
export interface CaseEntry {
  readonly at: string;
  readonly type: string;
  readonly id: string;
  readonly channel: string;
  readonly author: string | null;
  readonly agent: string | null;
  /** Masked. */
  readonly text: string | null;
  /** Of an answer to a survey: `{metric, score}`; of a rating. */
  readonly score: JsonObject | null;
  readonly sentiment: Json;
  readonly issues: Json;
  readonly urgency: string | null;
  readonly key: CaseKey;
}

/** A change of an action for the case, oldest first: sent, done, suppressed, overdue. */
export interface CaseAction {
  readonly at: string;
  /** The same in every change of one action. */
  readonly id: string;
  /** What is to be done, such as `follow_up`. */
  readonly kind: string;
  readonly name: string | null;
  readonly title: JsonObject | null;
  readonly state: string;
  readonly owner: string | null;
  readonly due: string | null;
  readonly reason: string | null;
  /** How it was done: `{at, on | by, note, via, in_time}`. */
  readonly done: JsonObject | null;
  readonly key: CaseKey;
}

export interface CaseStory {
  readonly case: string;
  readonly state: CaseState;
  readonly since: string;
  /** null: it was opened before all that is kept. */
  readonly opened: string | null;
  readonly reopened: number;
  readonly owner: string | null;
  readonly class: string | null;
  readonly priority: string | null;
  readonly complaint: boolean | null;
  readonly satisfied: boolean | null;
  readonly customer: Json;
  /** As its newest events have it: what a scope is held against. */
  readonly key: CaseKey;
  readonly steps: readonly CaseStep[];
  /** Illegal steps by kind, such as `resolved → pending`. */
  readonly illegal: Readonly<Record<string, number>>;
  readonly clocks: readonly CaseClock[];
  readonly actions: readonly CaseAction[];
  readonly entries: readonly CaseEntry[];
  /** False: it has more entries or actions than was read, or than is kept; the newest are here. */
  readonly complete: boolean;
  /** How far event time is: what clocks stand at. */
  readonly as_of: string;
}
