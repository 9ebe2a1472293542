/** A small pipeline for tests of the driver itself: its messages are lines `ts key value`; `!` for a bad one, `@` before a control. */
import { pipe, type ChainDef } from '../core/chain.ts';
import type { BatchStage, Envelope, LiveFeed, Logger, Millis, Operator, OperatorDef } from '../core/types.ts';
import type { Prepared, PreparedItem, RawMessage, State } from '../core/types.ts';

export interface Reading {
  readonly amount: number;
}

export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const noLiveFeed: LiveFeed = {
  show: () => undefined,
  committed: () => undefined,
  time: () => undefined,
  restored: () => undefined,
};

const decoder = new TextDecoder();

/** One item a line of the message. */
export const lineStage: BatchStage<RawMessage, Prepared<Reading>> = {
  name: 'lines',
  apply(batch) {
    return Promise.resolve(batch.map(prepareLines));
  },
};

export function prepareLines({ seq, stored, data }: RawMessage): Prepared<Reading> {
  const items = decoder
    .decode(data)
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i): PreparedItem<Reading> => {
      if (line.startsWith('!')) {
        return { rejected: { subject: 'cx.dlq.malformed', type: 'cx.dlq', time: 0, data: line } };
      }
      const isControl = line.startsWith('@');
      const [ts = '', key = '', amount = ''] = line.slice(isControl ? 1 : 0).split(' ');
      const event = { id: `e-${seq}-${i}`, key, ts: Number(ts), value: { amount: Number(amount) } };
      return { event: isControl ? { ...event, isControl } : event };
    });
  return { seq, stored, items };
}

/** Forwards each event's echo and passes it on; those of the key k0 may leave together. */
export const echo: OperatorDef<Reading, Reading> = {
  name: 'echo',
  create: () => ({
    onEvent(event, _watermark, out) {
      const data = { id: event.id, amount: event.value.amount };
      const together = event.key === 'k0' ? { together: 'cx.enriched.batch.0' } : null;
      out.forward({ subject: 'cx.enriched.x', type: 'cx.enriched', time: event.ts, data, ...together });
      out.emit(event);
    },
  }),
};

/** Sums by key in tumbling windows; sends a sum when its window ends; late events are counted and sent. */
export function tumblingSum(sizeMs: Millis, name = 'tumbling-sum'): OperatorDef<Reading, Reading> {
  return {
    name,
    fingerprint: { sizeMs },
    create: (_context, saved = []) => new TumblingSum(sizeMs, saved),
  };
}

type Sums = Readonly<Record<string, number | null>>;

/** State: `<window end>/<key>` → sum, null: gone. */
class TumblingSum implements Operator<Reading, Reading> {
  readonly #sizeMs: Millis;
  readonly #sums = new Map<string, number>();
  readonly #changed = new Set<string>();

  constructor(sizeMs: Millis, saved: readonly State[]) {
    this.#sizeMs = sizeMs;
    for (const part of saved) {
      for (const [id, sum] of Object.entries(part as Sums)) {
        if (sum === null) this.#sums.delete(id);
        else this.#sums.set(id, sum);
      }
    }
  }

  onEvent(
    event: Envelope<Reading>,
    watermark: Millis,
    out: Parameters<Operator<Reading, Reading>['onEvent']>[2],
  ): void {
    const end = (Math.floor(event.ts / this.#sizeMs) + 1) * this.#sizeMs;
    if (end <= watermark) {
      out.count('events_late');
      out.send({ subject: 'cx.late.sum', type: 'cx.late', time: event.ts, data: { id: event.id } });
      return;
    }
    out.count('events_processed');
    const id = `${end}/${event.key}`;
    this.#sums.set(id, (this.#sums.get(id) ?? 0) + event.value.amount);
    this.#changed.add(id);
    out.show({ topic: 'kpi/sum', key: id, value: this.#sums.get(id) ?? 0 });
    if (event.value.amount < 0) {
      out.send({ subject: 'cx.alerts.critical.negative', type: 'cx.alert', time: event.ts, data: { id: event.id } });
      out.urgent();
    }
    out.emit(event);
  }

  dueAt(): Millis | undefined {
    let earliest: Millis | undefined;
    for (const id of this.#sums.keys()) {
      const end = Number.parseInt(id, 10);
      if (earliest === undefined || end < earliest) earliest = end;
    }
    return earliest;
  }

  onWatermark(watermark: Millis, out: Parameters<Operator<Reading, Reading>['onEvent']>[2]): void {
    const due = [...this.#sums].filter(([id]) => Number.parseInt(id, 10) <= watermark);
    due.sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
    for (const [id, sum] of due) {
      this.#sums.delete(id);
      this.#changed.add(id);
      out.send({ subject: 'cx.kpi.sum', type: 'cx.kpi', time: Number.parseInt(id, 10), data: { id, sum } });
    }
  }

  delta(): State | undefined {
    if (this.#changed.size === 0) return undefined;
    const delta = Object.fromEntries([...this.#changed].map((id) => [id, this.#sums.get(id) ?? null]));
    this.#changed.clear();
    return delta;
  }

  *snapshot(): Iterable<State> {
    for (const [id, sum] of [...this.#sums]) yield { [id]: sum };
  }

  size(): Readonly<Record<string, number>> {
    return { windows: this.#sums.size };
  }
}

export const echoAndSum: ChainDef<Reading, Reading> = pipe(echo, tumblingSum(1000));
