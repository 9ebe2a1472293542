/**
 * Of several partitions, each counts its events for itself, as it does live (exchange/partials.ts): what is late is judged by its
 * own time. Their sums come together here where that matters: before time goes on, and now and then.
 */
import type { Collector, Envelope, Millis, Operator, OutputMessage } from '../../../engine/core/types.ts';
import { must } from '../../../engine/core/must.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { partialsOperator } from '../exchange/partials.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { KpisOperator, KpisOptions } from '../kpis.ts';
import type { KpiCollector } from '../output/report.ts';
import { fromBase64 } from '../saved/base64.ts';

interface Sender {
  readonly partials: Operator<CxEvent, never>;
  watermark: Millis;
}

export class PartitionSums {
  readonly #into: KpisOperator;
  readonly #out: KpiCollector;
  readonly #senders: readonly Sender[];
  readonly #collector: Collector<never>;
  #watermark: Millis;

  /** `watermark`: how far `into` is. */
  constructor(
    kpis: readonly KpiConfig[],
    options: KpisOptions & { readonly partitions: number },
    into: KpisOperator,
    out: KpiCollector,
    watermark: Millis,
  ) {
    const def = partialsOperator(kpis, options);
    this.#into = into;
    this.#out = out;
    this.#watermark = watermark;
    this.#senders = Array.from({ length: options.partitions }, (_, partition) => ({
      partials: def.create({ partition }),
      watermark,
    }));
    const nothing = (): void => undefined;
    const send = (message: OutputMessage): void => this.#take(message);
    this.#collector = { emit: nothing, send, forward: nothing, show: nothing, urgent: nothing, count: nothing };
  }

  /** `watermark`: of this partition alone. */
  event(event: Envelope<CxEvent>, partition: number, watermark: Millis): void {
    const sender = must(this.#senders[partition], 'the partition');
    sender.watermark = watermark;
    sender.partials.onEvent(event, watermark, this.#collector);
  }

  advance(watermark: Millis): void {
    this.gather();
    this.#watermark = watermark;
  }

  /** What they have added up until now. */
  gather(): void {
    for (const { partials, watermark } of this.#senders) {
      partials.beforeCommit?.(watermark, false, this.#collector);
      partials.delta?.();
    }
  }

  /** Sums are of windows that are still open here: what was too late was left out where it came in. */
  #take({ subject, data }: OutputMessage): void {
    if (!subject.startsWith('cx.partial.')) return;
    const { sums } = data as { readonly sums?: string };
    if (sums === undefined) return;
    this.#into.merge(must(fromBase64(sums), 'sums'), this.#watermark, this.#out, () => undefined);
  }
}
