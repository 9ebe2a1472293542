/** One rule over all its keys: which are followed, what was last said of them, when each is due. */
import { formatInstant, parseInstant } from '../../engine/core/cloud-events.ts';
import type { Collector, Json, Millis, State } from '../../engine/core/types.ts';
import type { AlertCause, AlertMessage } from '../../engine/core/wire.ts';
import type { KpiConfig, RuleConfig } from '../config.ts';
import type { CompileExpression, KpiValue } from '../types.ts';
import { alertId } from './alert-id.ts';
import type { Neighbours } from './causes.ts';
import { holdsUntil, judge, type Change, type Episode, type Verdict } from './episode.ts';
import type { Deadlines } from './deadlines.ts';
import { endedBecause, reasonOf } from './reason.ts';
import { SavedMap, type SavedEntry } from './saved-map.ts';
import type { Silences } from './silences.ts';
import { coversKey, judgementOf, type Judgement } from './verdict.ts';
import { stepMs } from './window-step.ts';

type Out = Collector<never>;

/** Keys followed by one rule; past it a new breach is counted (`rule_keys_dropped`) and not followed. */
export const MAX_KEYS = 10_000;
const MAX_SAMPLES = 3;
const MAX_QUOTE = 200;

/** What is kept of a key: the episode, and the last value it was judged by. */
interface Track extends Episode {
  alert: string;
  key: Readonly<Record<string, string>>;
  /** Of the last judgement; never goes back. */
  at: Millis;
  /** When the next window would have had to report; null: silence was already told. */
  silentAt: Millis | null;
  value: number | null;
  n: number;
  interval: readonly [number, number] | null;
  start: Millis;
  end: Millis;
  samples: readonly string[];
  acked: { readonly by: string; readonly at: string } | null;
  /** For which moment the heap holds a deadline; not saved. */
  queuedAt: Millis;
}

/** What the rules of one operator share. */
export interface RuleSurroundings {
  readonly deadlines: Deadlines;
  readonly silences: Silences;
  readonly compile: CompileExpression;
}

export interface SavedRule {
  readonly tracks: readonly SavedEntry[];
  /** How far calm keys were judged. */
  readonly judged: readonly SavedEntry[];
  /** What was last said. */
  readonly alerts: readonly SavedEntry[];
}

export class RuleKeys {
  readonly rule: RuleConfig;
  readonly kpi: KpiConfig;
  readonly #index: number;
  readonly #around: RuleSurroundings;
  readonly #neighbours: Neighbours | undefined;
  readonly #judgement: Judgement;
  readonly #stepMs: Millis;
  readonly #tracks = new SavedMap<Track>(encodeTrack);
  readonly #judged = new SavedMap<Millis>((at) => at);
  readonly #alerts = new SavedMap<AlertMessage>((message) => message as unknown as State);
  #failures = 0;

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
    this.#stepMs = stepMs(kpi.window);
    this.#judgement = judgementOf(rule, around.compile, () => (this.#failures += 1));
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
  }

  /** A value of the rule's KPI. */
  accept(value: KpiValue, out: Out): void {
    const { rule } = this;
    if (value.retracted === true || (rule.on === 'final' && !value.final) || !coversKey(rule, value.key)) return;
    // A revised window counts only while it is the newest one.
    if (value.final && value.revision > 0 && value.window.end + this.#stepMs <= value.watermark) return;
    this.#forgetJudged(value.watermark);
    const track = this.#tracks.get(value.keyId);
    if (value.at < (track === undefined ? (this.#judged.get(value.keyId) ?? value.at) : track.at)) return;

    const verdict = this.#judgement.verdict(value, track !== undefined && track.state !== 'ok');
    this.#countFailures(out);
    if (track === undefined) return this.#begin(value, verdict, out);
    if (track.state === 'ok') track.alert = alertId(rule.id, value.keyId, value.at, value.revision);
    this.#apply(value.keyId, refresh(track, value, this.#stepMs), verdict, value.at, out);
  }

  #begin(value: KpiValue, verdict: Verdict, out: Out): void {
    const { rule } = this;
    const isBreach = verdict === 'breach' || (verdict === 'no_data' && rule.onNoData === 'fire');
    if (!isBreach && rule.onNoData !== 'fire') return this.#noteJudged(value.keyId, value.at, value.watermark);
    if (this.#tracks.size >= MAX_KEYS) return out.count('rule_keys_dropped');
    const alert = alertId(rule.id, value.keyId, value.at, value.revision);
    const track = refresh({ ...FRESH, alert, key: value.key }, value, this.#stepMs);
    this.#judged.delete(value.keyId);
    this.#apply(value.keyId, track, verdict, value.at, out);
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
    if (track.state === 'ok') track.alert = alertId(this.rule.id, keyId, dueAt, 0);
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
    const wasOk = track.state === 'ok';
    track.at = at;
    const change = judge(track, verdict, at, this.rule);
    if (change !== undefined) this.#tell(keyId, track, change, at, out);
    if (change?.to === 'resolved' || (wasOk && change === undefined && this.rule.onNoData !== 'fire')) {
      this.#end(keyId, track, at);
      return;
    }
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

  #tell(keyId: string, track: Track, change: Change, at: Millis, out: Out): void {
    const { rule, kpi } = this;
    const before = this.#alerts.get(keyId);
    const isBreach = change.to === 'pending' || change.to === 'firing';
    const causes = isBreach ? (this.#neighbours?.causesOf(track) ?? []) : [];
    const reason = reasonOf(change, track.verdict, track, rule, kpi);
    const message: AlertMessage = {
      alert: track.alert,
      rule: rule.id,
      kpi: rule.kpi,
      key: track.key,
      state: change.to,
      previous: change.from,
      value: track.value,
      n: track.n,
      interval: track.interval,
      threshold: rule.fire,
      window: { start: formatInstant(track.start), end: formatInstant(track.end) },
      since: formatInstant(track.since),
      at: formatInstant(at),
      reason: reason.en,
      reason_zh: reason['zh-CN'],
      title: rule.title,
      flaps: track.flaps,
      // What was behind the breach stays with the alert while it recovers.
      causes: causes.length > 0 ? causes : (before?.causes ?? []),
      samples: isBreach || before === undefined ? track.samples : before.samples,
      owner: rule.owner,
      runbook: rule.runbook,
      severity: rule.severity,
      acked: track.acked,
      silenced: this.#around.silences.covers(rule.id, track.key, at),
    };
    out.send(alertOutput(message, at));
    out.count(`alerts_${change.to}`);
    if (change.from === 'recovering' && change.to === 'firing') out.count('alerts_flapped');
    if (change.to === 'firing' || change.to === 'resolved') out.urgent();
    if (change.to !== 'resolved') this.#alerts.set(keyId, message);
  }

  // ── What people say of open alerts ─────────────────────────────────────────────────────────────────────────────

  /** The key of an open alert. */
  keyOf(alert: string): string | undefined {
    for (const [keyId, message] of this.#alerts.entries()) if (message.alert === alert) return keyId;
    return undefined;
  }
  /** False: somebody took charge of it before. */
  ack(keyId: string, by: string, at: Millis, out: Out): boolean {
    const track = this.#tracks.get(keyId);
    if (track === undefined || track.acked !== null) return false;
    track.acked = { by, at: formatInstant(at) };
    this.#tracks.set(keyId, track);
    this.#overlay(keyId, { acked: track.acked }, out);
    return true;
  }
  /** Silences began or ended: boards are shown what that changes. */
  showSilences(at: Millis, out: Out): void {
    for (const [keyId, message] of [...this.#alerts.entries()]) {
      const silenced = this.#around.silences.covers(message.rule, message.key, at);
      if (silenced !== message.silenced) this.#overlay(keyId, { silenced }, out);
    }
  }
  showAll(out: Out): void {
    for (const [, message] of this.#alerts.entries()) showAlert(message, out);
  }
  #overlay(keyId: string, change: Partial<AlertMessage>, out: Out): void {
    const message = this.#alerts.get(keyId);
    if (message === undefined) return;
    const changed = { ...message, ...change };
    this.#alerts.set(keyId, changed);
    showAlert(changed, out);
  }

  // ── How far calm keys were judged: so that a final window that comes after live values beyond it changes nothing ──

  #noteJudged(keyId: string, at: Millis, watermark: Millis): void {
    // What is final comes in order: nothing older can follow.
    if (at <= watermark && this.#judged.get(keyId) === undefined) return;
    this.#judged.set(keyId, at);
    const oldest = this.#judged.size > MAX_KEYS ? this.#judged.oldest() : undefined;
    if (oldest !== undefined) this.#judged.delete(oldest[0]);
  }
  #forgetJudged(watermark: Millis): void {
    for (;;) {
      const oldest = this.#judged.oldest();
      if (oldest === undefined || oldest[1] > watermark) return;
      this.#judged.delete(oldest[0]);
    }
  }

  #countFailures(out: Out): void {
    if (this.#failures === 0) return;
    out.count('rule_expressions_failed', this.#failures);
    this.#failures = 0;
  }

  // ── Saving ─────────────────────────────────────────────────────────────────────────────────────────────────────

  takeChanges(): SavedRule | undefined {
    const saved = {
      tracks: this.#tracks.takeChanges(),
      judged: this.#judged.takeChanges(),
      alerts: this.#alerts.takeChanges(),
    };
    return saved.tracks.length + saved.judged.length + saved.alerts.length === 0 ? undefined : saved;
  }
  *parts(): Generator<SavedRule, void, undefined> {
    for (const tracks of this.#tracks.parts()) yield { tracks, judged: [], alerts: [] };
    for (const judged of this.#judged.parts()) yield { tracks: [], judged, alerts: [] };
    for (const alerts of this.#alerts.parts()) yield { tracks: [], judged: [], alerts };
  }
  load(saved: SavedRule): void {
    this.#tracks.load(saved.tracks.map(([key, track]) => [key, decodeTrack(track)]));
    this.#judged.load(saved.judged.map(([key, at]) => [key, at as Millis | null]));
    this.#alerts.load(saved.alerts.map(([key, message]) => [key, message as unknown as AlertMessage | null]));
  }
  /**
   * After everything was loaded. `isChanged`: the rule is not the one that was saved: open alerts wait for a value to be
   * judged by. Returns what the rule no longer covers.
   */
  resume(isChanged: boolean): readonly AlertMessage[] {
    const left: AlertMessage[] = [];
    for (const [keyId, track] of [...this.#tracks.entries()]) {
      const message = this.#alerts.get(keyId);
      if (isChanged && (message?.kpi !== this.rule.kpi || !coversKey(this.rule, track.key))) {
        if (message !== undefined) left.push(message);
        this.#alerts.delete(keyId);
        this.#tracks.delete(keyId);
        continue;
      }
      if (isChanged && track.state === 'ok' && this.rule.onNoData !== 'fire') {
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

const FRESH: Track = {
  state: 'ok',
  since: 0,
  calmSince: 0,
  verdict: null,
  flaps: 0,
  alert: '',
  key: {},
  at: 0,
  silentAt: null,
  value: null,
  n: 0,
  interval: null,
  start: 0,
  end: 0,
  samples: [],
  acked: null,
  queuedAt: Infinity,
};

/** Takes the facts of a new value in. */
function refresh(track: Track, value: KpiValue, step: Millis): Track {
  track.value = value.value;
  track.n = value.n;
  track.interval = value.interval;
  track.start = value.window.start;
  track.end = value.window.end;
  track.silentAt = Math.max(value.window.end, value.at) + step;
  if (value.samples !== undefined) track.samples = value.samples.slice(0, MAX_SAMPLES).map(quote);
  return track;
}

function quote(text: string): string {
  if (text.length <= MAX_QUOTE) return text;
  // Not amid a surrogate pair.
  const end = (text.charCodeAt(MAX_QUOTE - 1) & 0xfc00) === 0xd800 ? MAX_QUOTE - 1 : MAX_QUOTE;
  return `${text.slice(0, end)}…`;
}

function encodeTrack(track: Track): State {
  const { queuedAt: _, ...saved } = track;
  return saved;
}
function decodeTrack(saved: State): Track | null {
  return saved === null ? null : { ...FRESH, ...(saved as unknown as Track), queuedAt: Infinity };
}

export function alertOutput(message: AlertMessage, at: Millis): Parameters<Out['send']>[0] {
  return {
    subject: `cx.alerts.${message.severity}.${message.rule}`,
    type: 'cx.alert.changed',
    time: at,
    data: message as unknown as Json,
  };
}

function showAlert(message: AlertMessage, out: Out): void {
  out.show({ topic: 'alerts', key: message.alert, value: message as unknown as Json });
}

/** The last message of an alert that ends without being judged, at `now` or, if that is unknown, when last it changed. */
export function endedMessage(
  message: AlertMessage,
  why: 'rule_removed' | 'key_left',
  now: Millis,
): { readonly message: AlertMessage; readonly at: Millis } {
  const reason = endedBecause(why);
  const at = Math.max(now, parseInstant(message.at) ?? now);
  return {
    at,
    message: {
      ...message,
      state: 'resolved',
      previous: message.state,
      at: formatInstant(at),
      reason: reason.en,
      reason_zh: reason['zh-CN'],
    },
  };
}
