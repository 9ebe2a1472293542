/**
 * What the audit records of access: refusals, tickets, displays, and what is read (`read-audit.ts`). Nobody may flood it: the first refusal of a kind from an
 * address is noted at once, what follows within a minute is one entry with its number; so are refusals from more addresses than
 * are followed, and all beyond so many entries a second. Nothing is left uncounted.
 */
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { Json, Logger, Millis } from '../../core/types.ts';
import type { Queue } from '../../core/metrics.ts';
import { RateLimit } from '../http/rate-limit.ts';
import { type Read, ReadAudit } from './read-audit.ts';

export interface Refusal {
  /** The code of the answer: `unauthorized`, `forbidden`, `origin_forbidden`, … */
  readonly code: string;
  /** As the router names it, never what was asked for: it may hold a ticket. */
  readonly route: string;
  /** Of the peer. */
  readonly address: string;
  /** Who, where that is known. */
  readonly by?: string;
}

export interface AccessAuditOptions {
  /** The engine's audit; without one the log takes it. */
  readonly write: ((entry: AuditEntry) => void) | undefined;
  readonly log: Logger;
  now(): Millis;
}

interface Repeats {
  readonly entry: AuditEntry;
  readonly since: Millis;
  /** Not noted yet. */
  times: number;
  last: Millis;
}

const GATHER_MS: Millis = 60_000;
/** Kinds of refusals and addresses followed at a time; what is beyond counts together. */
const MAX_FOLLOWED = 1_000;
const AT_ONCE = { perSecond: 5, burst: 50 };
const OTHERS = 'other addresses';

export class AccessAudit {
  readonly #options: AccessAuditOptions;
  readonly #followed = new Map<string, Repeats>();
  readonly #atOnce: RateLimit;
  readonly #reads: ReadAudit;
  #gathered = 0;

  constructor(options: AccessAuditOptions) {
    this.#options = options;
    this.#atOnce = new RateLimit(AT_ONCE, () => options.now(), 1);
    this.#reads = new ReadAudit(
      (entry) => this.#write(entry),
      () => options.now(),
    );
  }

  queues(): readonly Queue[] {
    return [
      { queue: 'audit_refusals', depth: this.#followed.size, limit: MAX_FOLLOWED, refused: this.#gathered },
      this.#reads.queue(),
    ];
  }

  refused({ code, route, address, by = 'unknown' }: Refusal): void {
    this.#gather({ action: 'access.refused', outcome: 'refused', by, code, route, address });
  }

  /** What somebody did who may: rare by itself, since each is asked for with a token; bounded all the same. */
  done(action: string, by: string, details: Readonly<Record<string, Json>>): void {
    this.#gather({ action, outcome: 'done', by, ...details });
  }

  /** What somebody read that names single cases, quotes customers, or takes every key along. */
  read(read: Read): void {
    this.#reads.read(read);
  }

  /** Once a second: notes what has gathered for long enough. */
  tick(): void {
    this.#reads.tick();
    const due = this.#options.now() - GATHER_MS;
    for (const [name, repeats] of this.#followed) if (repeats.since <= due) this.#note(name, repeats);
  }

  /** Notes everything: nothing more comes. */
  close(): void {
    this.#reads.close();
    for (const [name, repeats] of this.#followed) this.#note(name, repeats);
  }

  #gather(asked: AuditEntry): void {
    const now = this.#options.now();
    let [entry, name] = [asked, JSON.stringify(asked)];
    if (!this.#followed.has(name) && this.#followed.size >= MAX_FOLLOWED) {
      entry = { action: asked.action, outcome: asked.outcome, by: 'unknown', address: OTHERS };
      name = JSON.stringify(entry);
    }
    const known = this.#followed.get(name);
    if (known !== undefined) {
      known.times += 1;
      known.last = now;
      this.#gathered += 1;
      return;
    }
    const isAtOnce = this.#atOnce.take('') === 0;
    this.#followed.set(name, { entry, since: now, times: isAtOnce ? 0 : 1, last: now });
    if (isAtOnce) this.#write({ ...entry, times: 1 });
    else this.#gathered += 1;
  }

  #note(name: string, { entry, since, times, last }: Repeats): void {
    this.#followed.delete(name);
    if (times > 0) this.#write({ ...entry, times, since: iso(since), last: iso(last) });
  }

  #write(entry: AuditEntry): void {
    const { write, log } = this.#options;
    if (write !== undefined) write(entry);
    else log.info('audit', { entry: JSON.stringify(entry) });
  }
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
