/**
 * The second stage of several partitions: their sums (partials.ts) come together in the same windows that a single partition
 * has, at the lowest of their watermarks; values, revisions and live values leave from here.
 */
import { formatInstant } from '../../../engine/core/cloud-events.ts';
import {
  START_OF_TIME,
  type Collector,
  type Envelope,
  type Operator,
  type OperatorDef,
  type State,
} from '../../../engine/core/types.ts';
import { JOINING } from '../birth.ts';
import type { Combinable } from '../../clocks/combined-clocks.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../../shared/messages.ts';
import { keyIdOf } from '../keys/key-of.ts';
import { kpiWindows, type KpisOperator, type KpisOptions } from '../kpis.ts';
import { sendLate } from '../output/late-message.ts';
import { readerOf, readHead } from '../saved/table-state.ts';
import type { LateSum } from './merge-sums.ts';
import { fingerprintOf, joinedSince, migrate } from '../saved/migrate.ts';
import { JoiningKpis, joiningOf, type Joining } from './joining.ts';
import { layoutHash, type Joined, type PartialMessage, type SingleEvent } from './partial-message.ts';
import type { KpiCollector } from '../output/report.ts';

/** The same state as of the operator that takes events. Throws EngineError EXPRESSION_INVALID, WINDOW_INVALID. */
export function combinedKpis(
  kpis: readonly KpiConfig[],
  options: KpisOptions,
): OperatorDef<Combinable, KpiValue | KpiBirth> {
  const { create, ...rest } = kpiWindows(kpis, options, JOINING);
  return {
    ...rest,
    create: (_context, saved): Operator<Combinable, KpiValue | KpiBirth> => {
      const windows = create(saved ?? []); // nothing was saved yet
      return {
        onEvent(message, watermark, out) {
          if (isOutcome(message)) return windows.onEvent(message, watermark, out);
          const { id, value } = message as Envelope<PartialMessage>;
          const { sums, event, born } = value;
          if (born?.everywhere !== undefined)
            windows.joinedAll(new Set(born.everywhere.kpis), born.everywhere.maxTs, out);
          if (born?.kpis !== undefined) windows.join(new Set(born.kpis), born.maxTs, out);
          if (event !== null) mergeSingle(windows, kpis, { sums, event }, watermark, out);
          else if (sums !== null) windows.merge(sums, watermark, out, (late) => sendLateSum(late, id, watermark, out));
        },
        dueAt: () => windows.dueAt(),
        onWatermark: (watermark, out) => windows.onWatermark(watermark, out),
        wakeAt: () => windows.wakeAt(),
        onWake: (now, out) => windows.onWake(now, out),
        delta: () => windows.delta(),
        snapshot: () => windows.snapshot(),
        size: () => windows.size(),
      };
    },
  };
}

/** What a clock said where partitions come together; all else is of partitions. */
function isOutcome(message: Envelope<Combinable>): message is Envelope<CxEvent> {
  return message.derived !== undefined;
}

/** An event of a partition that was idle: taken, or late, as in a single partition. KPIs that are gone say nothing. */
function mergeSingle(
  windows: KpisOperator,
  kpis: readonly KpiConfig[],
  { sums, event }: { readonly sums: Uint8Array | null; readonly event: SingleEvent },
  watermark: number,
  out: KpiCollector,
): void {
  // Also where nothing was measured in it, it may be late.
  const taking = windows.accepting(event.ts, watermark);
  if (sums !== null)
    windows.merge(
      sums,
      watermark,
      out,
      () => undefined,
      (kpi) => void taking.add(kpi.id),
    );
  const late = kpis.filter(({ id }) => event.kpis.includes(id) && !taking.has(id));
  for (const kpi of late) sendLate(kpi, event, watermark, out);
  out.count(late.length > 0 && late.length === event.kpis.length ? 'events_late' : 'events_processed');
}

/** Left from a version that reported no events one by one: whose they were, the stream of the partition knows. */
function sendLateSum({ kpi, values, start }: LateSum, id: string, watermark: number, out: KpiCollector): void {
  out.count('partials_late');
  out.send({
    subject: `cx.late.${kpi.id}`,
    type: 'cx.late.event',
    time: start,
    data: {
      kpi: kpi.id,
      id,
      type: 'cx.partial.added',
      key: keyIdOf(
        values.map((_, i) => String(i)),
        values,
      ),
      time: formatInstant(start),
      late_by_ms: watermark - start,
      watermark: formatInstant(watermark),
      allowed_lateness_ms: kpi.allowedLatenessMs,
    },
  });
}

/** What people decided, on its way to `controlsOperator`. */
export function forwardedControls(): OperatorDef<Combinable, CxEvent> {
  return {
    name: 'forwarded-controls',
    create: () => ({
      onEvent(message, _watermark, out) {
        if (isOutcome(message)) return;
        const { control } = (message as Envelope<PartialMessage>).value;
        if (control !== null) out.emit(control);
      },
    }),
  };
}

/** A put: the last message of a partition, a fingerprint of former KPIs by its hash, or the KPIs that are still joining. */
interface Part {
  readonly last?: Readonly<Record<string, number>>;
  readonly former?: Readonly<Record<string, State>>;
  readonly joining?: Joining;
}

/**
 * Lets each message of each partition through once, by its number, even where the stream holds it twice because its first
 * copy was freed before its sender looked for it. Sums written under former KPIs are laid out again, or refused where unlawful.
 */
export function inputsOperator(
  kpis: readonly KpiConfig[],
  { zone, reset }: Pick<KpisOptions, 'zone' | 'reset'>,
): OperatorDef<PartialMessage, PartialMessage> {
  const fingerprint = fingerprintOf(kpis, zone);
  const layout = layoutHash(fingerprint);
  return {
    name: 'inputs',
    fingerprint,
    migrate: (saved, from) => (from === undefined ? saved : [...saved, joinedPart(saved, from, kpis, zone)]),
    create: (_context, saved = []) =>
      new Inputs(
        layout,
        saved,
        (sums, from) => {
          const [translated] = migrate([sums], from, kpis, zone, reset);
          return translated instanceof Uint8Array ? translated : null;
        },
        (from) => joinedSince(from, kpis, zone),
      ),
  };
}

/** Of a saved state that is older than joining is. */
const NONE_JOINING: Joining = {};

function joinedPart(saved: readonly State[], from: State, kpis: readonly KpiConfig[], zone: string): State {
  const parts = saved as unknown as readonly Part[];
  const heard = new Set(parts.flatMap(({ last }) => (last === undefined ? [] : Object.keys(last))));
  const before = parts.findLast(({ joining }) => joining !== undefined)?.joining;
  const joining = joiningOf(before ?? NONE_JOINING, joinedSince(from, kpis, zone), [...heard]);
  const part: Part = { former: { [layoutHash(from)]: from }, joining };
  return part as unknown as State;
}

class Inputs implements Operator<PartialMessage, PartialMessage> {
  readonly #layout: string;
  readonly #translate: (sums: Uint8Array, from: State) => Uint8Array | null;
  /** KPIs that are not of the former ones; undefined: those are not known. */
  readonly #joinedSince: (from: State | undefined) => readonly string[];
  readonly #last = new Map<string, number>();
  readonly #former = new Map<string, State>();
  readonly #changed = new Set<string>();
  readonly #joining: JoiningKpis;

  constructor(
    layout: string,
    saved: readonly State[],
    translate: (sums: Uint8Array, from: State) => Uint8Array | null,
    joinedSince: (from: State | undefined) => readonly string[],
  ) {
    this.#layout = layout;
    this.#translate = translate;
    this.#joinedSince = joinedSince;
    // A part says of these only what changed.
    for (const { last = {}, former = {} } of saved as unknown as readonly Part[]) {
      for (const [partition, number] of Object.entries(last)) {
        this.#last.set(partition, Math.max(number, this.#last.get(partition) ?? 0));
      }
      for (const [hash, fingerprint] of Object.entries(former)) this.#former.set(hash, fingerprint);
    }
    const joining = (saved as unknown as readonly Part[]).findLast((part) => part.joining !== undefined)?.joining;
    this.#joining = new JoiningKpis(joining ?? NONE_JOINING);
  }

  onEvent(event: Envelope<PartialMessage>, _watermark: number, out: Collector<PartialMessage>): void {
    const { partition, number, layout, sums, born } = event.value;
    const name = String(partition);
    if (number <= (this.#last.get(name) ?? 0)) {
      out.count('partials_repeated');
      return;
    }
    this.#last.set(name, number);
    this.#changed.add(name);
    if (born !== undefined) {
      const kpis = born.layout === this.#layout ? [] : this.#joinedSince(this.#former.get(born.layout));
      this.#emitJoined(event, { ...born, kpis }, out);
      return;
    }
    if (layout === this.#layout && this.#joining.size > 0) {
      // A former version said nothing of it: whoever sends sums under these KPIs counts them.
      this.#emitJoined(event, { layout, maxTs: START_OF_TIME, kpis: [] }, out);
      return;
    }
    if (layout === this.#layout || sums === null) {
      out.emit(event);
      return;
    }
    const from = this.#former.get(layout);
    // Sent under former KPIs before anything was saved here: what they are cannot be known, so that windows lack it.
    if (from === undefined) out.count('partials_unknown');
    const translated = from === undefined ? null : this.#translate(sums, from);
    // What joined is not in them, but time has come as far as they have.
    const joined = { layout, maxTs: readHead(readerOf(sums)).maxTs, kpis: this.#joinedSince(from) };
    this.#emitJoined({ ...event, value: { ...event.value, sums: translated } }, joined, out);
  }
  /** With the message: which KPIs were not in what its partition sent until now, and which of them are now everywhere. */
  #emitJoined(
    event: Envelope<PartialMessage>,
    born: Joined & { readonly kpis: readonly string[] },
    out: Collector<PartialMessage>,
  ): void {
    const { partition, layout } = event.value;
    const { kpis, maxTs } = born;
    const everywhere = this.#joining.reported(String(partition), { kpis, maxTs, isLast: layout === this.#layout });
    const said = everywhere === undefined ? born : { ...born, everywhere };
    out.emit({ ...event, value: { ...event.value, layout: this.#layout, born: said } });
  }

  delta(): State | undefined {
    if (this.#changed.size === 0) return undefined;
    const joining = this.#joining.takeChange();
    const last = Object.fromEntries(Array.from(this.#changed, (name) => [name, this.#last.get(name) ?? 0]));
    this.#changed.clear();
    return joining === undefined ? { last } : { last, joining };
  }
  *snapshot(): Iterable<State> {
    const [last, former] = [Object.fromEntries(this.#last), Object.fromEntries(this.#former)];
    yield { last, former, joining: this.#joining.now };
  }
  size(): { readonly [what: string]: number } {
    return { former_layouts: this.#former.size, joining_kpis: this.#joining.size };
  }
}
