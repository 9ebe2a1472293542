/**
 * One rule of single events over all its customers or cases. An event raises an alert at once, unless one is open, to which it adds; an end
 * that is not older than the last of its events resolves it, or time does (`expire`).
 *
 * Events of one key come from several channels and partitions, so an end may come before what it ends: ends are remembered for REMEMBER_MS,
 * and an event from before one raises an alert that is resolved at once, as in the other order.
 */
import type { Collector, Millis, State } from '../../../engine/core/types.ts';
import type { Acknowledgement, AlertMessage } from '../../../engine/core/wire.ts';
import type { AlertKeeper } from '../alerts/alert-keeper.ts';
import { alertId } from '../alerts/alert-id.ts';
import { alertOutput, endOutputs, type OpenAlert } from '../alerts/alert-message.ts';
import type { Deadlines } from '../deadlines.ts';
import { OpenAlerts } from '../alerts/open-alerts.ts';
import type { SavedRule } from '../rules-state.ts';
import { SavedMap } from '../saved-map.ts';
import type { Silences } from '../../controls/silences.ts';
import { eventAlertMessage, type EndedBy, type EventTrack } from './event-alert-message.ts';
import type { EventRuleConfig } from './event-rules-config.ts';
import type { Raised } from './raised.ts';

type Out = Collector<never>;

/** Open alerts of one rule; past it further ones are counted (`rule_keys_dropped`) and not raised. */
export const MAX_OPEN = 10_000;
const REMEMBER_MS: Millis = 60_000;
const SHOWN = 3;

/** `since`: of the alert that it ended; null: none was open. */
interface Ended {
  readonly at: Millis;
  readonly since: Millis | null;
}

export class EventAlerts implements AlertKeeper {
  readonly rule: EventRuleConfig;
  readonly #index: number;
  readonly #around: { readonly deadlines: Deadlines; readonly silences: Silences };
  readonly #tracks = new SavedMap<EventTrack>((track) => ({ ...track }) as unknown as State);
  readonly #ended = new SavedMap<Ended>((ended) => ({ ...ended }));
  readonly #alerts = new OpenAlerts();

  /** `index`: its place among all rules, by which deadlines know it. */
  constructor(
    rule: EventRuleConfig,
    index: number,
    around: { readonly deadlines: Deadlines; readonly silences: Silences },
  ) {
    this.rule = rule;
    this.#index = index;
    this.#around = around;
  }

  get openAlerts(): number {
    return this.#alerts.size;
  }
  get followed(): number {
    return this.#tracks.size + this.#ended.size;
  }

  accept(raised: Raised, watermark: Millis, out: Out): void {
    this.#forget(watermark - REMEMBER_MS);
    // By the time of this event it had ended by itself, though time as a whole is not there yet.
    const open = this.#tracks.get(raised.id);
    const endsAt = open === undefined ? Infinity : open.last + this.rule.expireMs;
    if (open !== undefined && raised.at >= endsAt) this.#resolve(raised.id, open, 'time', endsAt, out);
    if (raised.isEnd) this.#end(raised, watermark, out);
    else this.#raise(raised, watermark, out);
  }

  #raise({ id, at, event, key, quote }: Raised, watermark: Millis, out: Out): void {
    if (at + this.rule.expireMs <= watermark) return out.count('rule_events_old');
    const samples = quote === null ? [] : [quote];
    const open = this.#tracks.get(id);
    if (open !== undefined) {
      open.n += 1;
      open.last = Math.max(open.last, at);
      open.samples = [...samples, ...open.samples].slice(0, SHOWN);
      return this.#tracks.set(id, open);
    }
    const ended = this.#ended.get(id);
    const isOver = ended !== undefined && at <= ended.at;
    // It belongs to an alert that was there, and has ended.
    if (isOver && ended.since !== null) return out.count('rule_events_after_end');
    if (this.#tracks.size >= MAX_OPEN) return out.count('rule_keys_dropped');
    const alert = alertId(this.rule.id, `${id}\n${event}`, at);
    const track: EventTrack = { alert, key, since: at, last: at, n: 1, samples, acked: null, announced: [] };
    this.#tracks.set(id, track);
    this.#announce(id, track, null, at, out);
    if (isOver) this.#resolve(id, track, 'event', ended.at, out);
    else this.#around.deadlines.push({ at: at + this.rule.expireMs, rule: this.#index, key: id });
  }

  #end({ id, at }: Raised, watermark: Millis, out: Out): void {
    const open = this.#tracks.get(id);
    if (open !== undefined) {
      if (at >= open.last) this.#resolve(id, open, 'event', at, out);
      return;
    }
    const before = this.#ended.get(id);
    if (at <= watermark - REMEMBER_MS || (before !== undefined && before.at >= at)) return;
    this.#ended.set(id, { at, since: null });
  }

  #resolve(id: string, track: EventTrack, by: EndedBy, at: Millis, out: Out): void {
    this.#announce(id, track, by, at, out);
    this.#alerts.delete(id);
    this.#tracks.delete(id);
    if (by === 'event') this.#ended.set(id, { at, since: track.since });
  }

  #forget(horizon: Millis): void {
    for (;;) {
      const oldest = this.#ended.oldest();
      if (oldest === undefined || (oldest[1].at > horizon && this.#ended.size <= MAX_OPEN)) return;
      this.#ended.delete(oldest[0]);
    }
  }

  due(id: string, at: Millis, out: Out): void {
    const track = this.#tracks.get(id);
    if (track === undefined) return;
    const endsAt = track.last + this.rule.expireMs;
    if (endsAt > at) this.#around.deadlines.push({ at: endsAt, rule: this.#index, key: id });
    else this.#resolve(id, track, 'time', endsAt, out);
  }

  #announce(id: string, track: EventTrack, endedBy: EndedBy | null, at: Millis, out: Out): void {
    const { rule } = this;
    const { severity } = rule;
    const isSilenced = this.#around.silences.covers({ rule: rule.id, kpi: '', severity, key: track.key }, at);
    const message = eventAlertMessage({ rule, track, endedBy, at, isSilenced });
    if (endedBy === null) {
      track.announced = [...track.announced, severity];
      this.#tracks.set(id, track);
      this.#alerts.set(id, message);
      out.send(alertOutput(message, at));
    } else for (const output of endOutputs(message, track.announced, at)) out.send(output);
    out.count(`alerts_${message.state}`);
    out.urgent();
  }

  // ── What people say of open alerts ─────────────────────────────────────────────────────────────────────────────

  keyOf(alert: string): string | undefined {
    return this.#alerts.keyOf(alert);
  }
  ack(id: string, acked: Acknowledgement, at: Millis, out: Out): boolean {
    return this.#setAcked(id, acked, at, out);
  }
  unack(id: string, at: Millis, out: Out): boolean {
    return this.#setAcked(id, null, at, out);
  }
  /** False: it is so already. */
  #setAcked(id: string, acked: Acknowledgement | null, at: Millis, out: Out): boolean {
    const track = this.#tracks.get(id);
    if (track === undefined || (track.acked === null) === (acked === null)) return false;
    track.acked = acked;
    this.#tracks.set(id, track);
    this.#alerts.setAcked(id, acked, at, out);
    return true;
  }
  showSilences(at: Millis, out: Out): void {
    this.#alerts.showSilences(this.#around.silences, at, out);
  }
  showAll(out: Out): void {
    this.#alerts.showAll(out);
  }

  // ── Saving ─────────────────────────────────────────────────────────────────────────────────────────────────────

  clear(): void {
    this.#tracks.clear();
    this.#ended.clear();
    this.#alerts.clear();
  }
  takeChanges(): SavedRule | undefined {
    const saved = {
      tracks: this.#tracks.takeChanges(),
      judged: this.#ended.takeChanges(),
      alerts: this.#alerts.takeChanges(),
    };
    return saved.tracks.length + saved.judged.length + saved.alerts.length === 0 ? undefined : saved;
  }
  *parts(): Generator<SavedRule, void, undefined> {
    for (const tracks of this.#tracks.parts()) yield { tracks, judged: [], alerts: [] };
    for (const judged of this.#ended.parts()) yield { tracks: [], judged, alerts: [] };
    for (const alerts of this.#alerts.parts()) yield { tracks: [], judged: [], alerts };
  }
  load(saved: SavedRule): void {
    this.#tracks.load(saved.tracks.map(([id, track]) => [id, trackOf(track)]));
    this.#ended.load(saved.judged.map(([id, ended]) => [id, ended as unknown as Ended | null]));
    this.#alerts.load(saved.alerts);
  }
  /** A changed rule keeps its open alerts; what another kind of rule of the same id left is ended. */
  resume(): readonly OpenAlert[] {
    const left: OpenAlert[] = [];
    for (const [id, track] of [...this.#tracks.entries()]) {
      const message = this.#alerts.get(id);
      if (message !== undefined && isOfEvents(message)) {
        this.#around.deadlines.push({ at: track.last + this.rule.expireMs, rule: this.#index, key: id });
        continue;
      }
      if (message !== undefined) left.push({ message, announced: track.announced });
      this.#alerts.delete(id);
      this.#tracks.delete(id);
    }
    return left;
  }
}

function trackOf(saved: State): EventTrack | null {
  return saved === null ? null : { ...(saved as unknown as EventTrack) };
}
function isOfEvents(message: AlertMessage): boolean {
  return message.kpi === '';
}
