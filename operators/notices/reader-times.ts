/** Times as readers of a language read them in a zone. Made once for many: making what formats takes far longer than formatting. */
import type { Millis } from '../../engine/core/types.ts';
import type { Language, Times } from './writing.ts';

export class ReaderTimes implements Times {
  readonly #day: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #dayAndTime: Intl.DateTimeFormat;

  /** `zone`: IANA name. */
  constructor(zone: string, language: Language) {
    const time = { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    this.#day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
    this.#time = new Intl.DateTimeFormat(language, time);
    this.#dayAndTime = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', ...time });
  }

  text(at: Millis, now: Millis): string {
    const isToday = this.#day.format(at) === this.#day.format(now);
    return (isToday ? this.#time : this.#dayAndTime).format(at);
  }
}
