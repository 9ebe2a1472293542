/** One rule over all its keys: which are followed, the last message of each open alert, when each is due. */
import type { Collector, Millis } from '../../engine/core/types.ts';
import type { Acknowledgement } from '../../engine/core/wire.ts';
import { keyIdOf } from '../kpis/keys/key-of.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import type { RuleConfig } from './rules-config.ts';
import type { CompileExpression, KpiValue } from '../shared/messages.ts';
import { alertId } from './alerts/alert-id.ts';
import { alertMessage, alertOutput, endOutputs, type OpenAlert } from './alerts/alert-message.ts';
import type { Neighbours } from '../causes/causes.ts';
import { holdsUntil, judge, type Change, type Verdict } from './episode.ts';
import type { Deadlines } from './deadlines.ts';
import { WindowHistory, type Past } from './history/window-history.ts';
import { JudgedUntil } from './judged-until.ts';
import type { AlertKeeper } from './alerts/alert-keeper.ts';
import { OpenAlerts } from './alerts/open-alerts.ts';
import type { SavedRule } from './rules-state.ts';
import { SavedMap } from './saved-map.ts';
import type { Silences } from '../controls/silences.ts';
import { announcedOf, decodeTrack, encodeTrack, expectedTrack, FRESH, refresh, type Track } from './track.ts';
import { coversKey, judgementOf, type Judgement } from './verdict.ts';
import { windowSteps, type WindowSteps } from './window-step.ts';

type Out = Collector<never>;

/** Keys followed by one rule; past it a new breach is counted (`rule_keys_dropped`) and not followed. */
export const MAX_KEYS = 10_000;

/** What the rules of one operator share. */
export interface RuleSurroundings {
  readonly deadlines: Deadlines;
  readonly silences: Silences;
  readonly compile: CompileExpression;
  /** That days of windows keep to. */
  readonly zone: string;
}

export class RuleKeys implements AlertKeeper {
  readonly rule: RuleConfig;
  readonly kpi: KpiConfig;
  readonly #index: number;
  readonly #around: RuleSurroundings;
  readonly #neighbours: Neighbours | undefined;
  readonly #judgement: Judgement;
  readonly #steps: WindowSteps;
  readonly #tracks = new SavedMap<Track>(encodeTrack);
  readonly #judged = new JudgedUntil();
  readonly #alerts = new OpenAlerts();
  /** Null: the rule looks at one window at a time. */
  readonly #history: WindowHistory | null;

  constructor(
    rule: RuleConfig,
    kpi: KpiConfig,
    index: number,
    around: RuleSurroundings,
    neighbours: Neighbours | undefined,
  ) {
    this.rule = rule;
    this.kpi = kpi;
    this.#index = index;
    this.#around = around;
    this.#neighbours = neighbours;
    this.#steps = windowSteps(kpi.window, around.zone);
    this.#history = WindowHistory.of(rule, kpi, this.#steps);
    this.#judgement = judgementOf(rule, around.compile);
  }

  get openAlerts(): number {
    return this.#alerts.size;
  }
  get followed(): number {
    return this.#tracks.size + this.#judged.size;
  }
  clear(): void {
    this.#tracks.clear();
    this.#judged.clear();
    this.#alerts.clear();
    this.#history?.clear();
  }

  /** A value of the rule's KPI. Final windows beyond `watermark` come in order; those behind it came late. */
  accept(value: KpiValue, watermark: Millis, out: Out): void {
    const { rule } = this;
    if (value.retracted === true || (rule.on === 'final' && !value.final) || !coversKey(rule, value.key)) return;
    this.#history?.note(value);
    // What came late counts only while its window is the newest one.
    if (value.final && this.#steps.endAfter(value.window.end) <= watermark) return;
    this.#judged.forget(watermark - this.#steps.longestMs);
    const track = this.#tracks.get(value.keyId);
    if (track === undefined && !this.#judgement.canBreach(value.key)) return;
    if (value.at < (track === undefined ? (this.#judged.until(value.keyId) ?? value.at) : track.at)) return;

    const isFiring = track !== undefined && track.state !== 'ok' && track.state !== 'pending';
    const past = this.#history?.before(value);
    const verdict = this.#judgement.verdict(value, isFiring, past);
    // A window that has only begun to fill says nothing; when it is final it does.
    if (verdict === 'no_data' && !value.final) return;
    if (track === undefined) return this.#begin(value, verdict, past, out);
    if (track.state === 'ok') track.alert = alertId(rule.id, value.keyId, value.at);
    this.#apply(value.keyId, refresh(track, value, this.#steps, past), verdict, value.at, out);
  }

  #begin(value: KpiValue, verdict: Verdict, past: Past | undefined, out: Out): void {
    const { rule } = this;
    const isBreach = verdict === 'breach' || (verdict === 'no_data' && rule.onNoData === 'fire');
    if (!isBreach && rule.onNoData !== 'fire') {
      // Final values alone come in order.
      if (rule.on === 'live') this.#judged.set(value.keyId, value.at);
      return;
    }
    if (this.#tracks.size >= MAX_KEYS) return out.count('rule_keys_dropped');
    const alert = alertId(rule.id, value.keyId, value.at);
    const track = refresh({ ...FRESH, alert, key: value.key }, value, this.#steps, past);
    this.#judged.delete(value.keyId);
    this.#apply(value.keyId, track, verdict, value.at, out);
  }

  /**
   * Windows that end by `until` are partial, and judged by nothing, their silence included: open alerts stand as they are
   * until a whole one is.
   */
  waitForWhole(until: Millis): void {
    this.#history?.restart(until);
    for (const [keyId, track] of [...this.#tracks.entries()]) {
      track.verdict = null;
      if (track.silentAt !== null) track.silentAt = Math.max(track.silentAt, this.#steps.endAfter(until));
      this.#tracks.set(keyId, track);
      const dueAt = this.#dueAt(track);
      if (dueAt !== undefined) this.#queue(keyId, track, dueAt);
    }
  }

  /** Follows what has to speak and is not followed yet: silent unless the first whole window after `watermark` has something. */
  expectFrom(watermark: Millis): void {
    for (const key of this.rule.expect) {
      const keyId = keyIdOf(Object.keys(key), Object.values(key));
      if (this.#tracks.get(keyId) !== undefined) continue;
      const { start, end } = this.#steps.wholeAfter(watermark);
      const track = expectedTrack(key, start, end);
      this.#tracks.set(keyId, track);
      this.#queue(keyId, track, end);
    }
  }

  /** The moment `at` has come for this key: what held has held long enough, or silence has lasted too long. */
  due(keyId: string, at: Millis, out: Out): void {
    const track = this.#tracks.get(keyId);
    if (track === undefined) return;
    if (track.queuedAt === at) track.queuedAt = Infinity;
    const dueAt = this.#dueAt(track);
    if (dueAt === undefined) return;
    if (dueAt > at) return this.#queue(keyId, track, dueAt);
    if (holdsUntil(track, this.rule) === dueAt && track.verdict !== null) {
      return this.#apply(keyId, track, track.verdict, dueAt, out);
    }
    track.silentAt = null;
    if (track.state === 'ok') track.alert = alertId(this.rule.id, keyId, dueAt);
    this.#apply(keyId, track, 'no_data', dueAt, out);
  }

  #dueAt(track: Track): Millis | undefined {
    const held = holdsUntil(track, this.rule);
    if (track.silentAt === null) return held;
    return held === undefined ? track.silentAt : Math.min(held, track.silentAt);
  }

  #queue(keyId: string, track: Track, at: Millis): void {
    // A deadline already in the heap for an earlier moment asks again then.
    if (track.queuedAt <= at) return;
    track.queuedAt = at;
    this.#around.deadlines.push({ at, rule: this.#index, key: keyId });
  }

  #apply(keyId: string, track: Track, verdict: Verdict, at: Millis, out: Out): void {
    track.at = at;
    const change = judge(track, verdict, at, this.rule);
    if (change !== undefined) this.#announce(keyId, track, change, at, out);
    if (change?.to === 'resolved') return this.#end(keyId, track, at);
    this.#tracks.set(keyId, track);
    const dueAt = this.#dueAt(track);
    if (dueAt !== undefined) this.#queue(keyId, track, dueAt);
  }

  #end(keyId: string, track: Track, at: Millis): void {
    this.#alerts.delete(keyId);
    this.#tracks.delete(keyId);
    // A new episode begins later than this one ended: ids stay apart, and time does not go back.
    if (this.rule.onNoData !== 'fire') return this.#judged.set(keyId, at + 1);
    const { key, silentAt, value, n, interval, start, end } = track;
    const followed: Track = { ...FRESH, key, silentAt, value, n, interval, start, end, at: at + 1 };
    this.#tracks.set(keyId, followed);
    if (silentAt !== null) this.#queue(keyId, followed, silentAt);
  }

  #announce(keyId: string, track: Track, change: Change, at: Millis, out: Out): void {
    const { rule, kpi } = this;
    const isBreach = change.to === 'pending' || change.to === 'firing';
    const causes = isBreach ? (this.#neighbours?.causesOf(track) ?? []) : [];
    const { kpi: judged, id, severity } = rule;
    const isSilenced = this.#around.silences.covers({ rule: id, kpi: judged, severity, key: track.key }, at);
    const message = alertMessage({ rule, kpi, track, change, at, causes, isSilenced, before: this.#alerts.get(keyId) });
    if (!track.announced.includes(severity)) track.announced = [...track.announced, severity];
    if (change.to !== 'resolved') out.send(alertOutput(message, at));
    else for (const output of endOutputs(message, track.announced, at)) out.send(output);
    out.count(`alerts_${change.to}`);
    if (change.from === 'recovering' && change.to === 'firing') out.count('alerts_flapped');
    if (change.to === 'firing' || change.to === 'resolved') out.urgent();
    if (change.to !== 'resolved') this.#alerts.set(keyId, message);
  }

  // ── What people say of open alerts ─────────────────────────────────────────────────────────────────────────────

  keyOf(alert: string): string | undefined {
    return this.#alerts.keyOf(alert);
  }
  ack(keyId: string, acked: Acknowledgement, at: Millis, out: Out): boolean {
    const track = this.#tracks.get(keyId);
    if (track === undefined || track.acked !== null) return false;
    this.#setAcked(keyId, track, acked, at, out);
    return true;
  }
  unack(keyId: string, at: Millis, out: Out): boolean {
    const track = this.#tracks.get(keyId);
    if (track === undefined || track.acked === null) return false;
    this.#setAcked(keyId, track, null, at, out);
    return true;
  }
  #setAcked(keyId: string, track: Track, acked: Acknowledgement | null, at: Millis, out: Out): void {
    track.acked = acked;
    this.#tracks.set(keyId, track);
    this.#alerts.setAcked(keyId, acked, at, out);
  }
  showSilences(at: Millis, out: Out): void {
    this.#alerts.showSilences(this.#around.silences, at, out);
  }
  showAll(out: Out): void {
    this.#alerts.showAll(out);
  }

  // ── Saving ─────────────────────────────────────────────────────────────────────────────────────────────────────

  takeChanges(): SavedRule | undefined {
    const saved = {
      tracks: this.#tracks.takeChanges(),
      judged: this.#judged.takeChanges(),
      alerts: this.#alerts.takeChanges(),
    };
    const history = this.#history?.takeChanges() ?? []; // most rules have none
    if (history.length > 0) return { ...saved, history };
    return saved.tracks.length + saved.judged.length + saved.alerts.length === 0 ? undefined : saved;
  }
  *parts(): Generator<SavedRule, void, undefined> {
    for (const tracks of this.#tracks.parts()) yield { tracks, judged: [], alerts: [] };
    for (const judged of this.#judged.parts()) yield { tracks: [], judged, alerts: [] };
    for (const alerts of this.#alerts.parts()) yield { tracks: [], judged: [], alerts };
    for (const history of this.#history?.parts() ?? []) yield { tracks: [], judged: [], alerts: [], history }; // most rules have none
  }
  load(saved: SavedRule): void {
    this.#tracks.load(saved.tracks.map(([key, track]) => [key, decodeTrack(track)]));
    this.#judged.load(saved.judged);
    this.#alerts.load(saved.alerts);
    this.#history?.load(saved.history ?? []); // most rules have none
  }
  /**
   * After everything was loaded. `isChanged`: the rule is not the one that was saved: open alerts wait for a value to be
   * judged by. Returns what the rule no longer covers.
   */
  resume(isChanged: boolean): readonly OpenAlert[] {
    if (isChanged) this.#history?.clear();
    const left: OpenAlert[] = [];
    for (const [keyId, track] of [...this.#tracks.entries()]) {
      const message = this.#alerts.get(keyId);
      if (message !== undefined) track.announced = announcedOf(track.announced, message);
      // Of a changed rule a key without an alert is followed from its next value on.
      const isLeft = !coversKey(this.rule, track.key) || !this.#judgement.canBreach(track.key);
      if (isLeft || (isChanged && message?.kpi !== this.rule.kpi)) {
        if (message !== undefined) left.push({ message, announced: track.announced });
        this.#alerts.delete(keyId);
        this.#tracks.delete(keyId);
        continue;
      }
      if (isChanged) {
        track.verdict = null;
        this.#tracks.set(keyId, track);
      }
      const dueAt = this.#dueAt(track);
      if (dueAt !== undefined) this.#queue(keyId, track, dueAt);
    }
    return left;
  }
}
