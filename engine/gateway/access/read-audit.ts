/**
 * What the audit records of reading (docs/decisions/038-what-reading-is-recorded.md): who read the story of which case, what customers
 * said, lists of single cases, the past of alerts, or took every key of a KPI along. The first of its kind by somebody is noted at
 * once; what follows within the hour (a day for a wall, which asks by itself) is one entry with its number. Cases beyond so many an
 * hour count together, and so do addresses, so that nobody floods the audit by reading; who it was is always said, and nothing is left
 * uncounted.
 */
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { Queue } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import type { Principal } from './principal.ts';

/** What is read, as `action` of the entry says it. */
export const READ_ACTIONS = [
  'case.read',
  'cases.read',
  'voices.read',
  'alerts.read',
  'actions.read',
  'kpi.export',
] as const;
export type ReadAction = (typeof READ_ACTIONS)[number];

export interface Read {
  readonly action: ReadAction;
  readonly principal: Principal;
  /** Of the peer. */
  readonly address: string;
  /** Of which case, which KPI. */
  readonly of?: { readonly case: string } | { readonly kpi: string };
  /** It lies outside the scope of who asks, and was not shown. */
  readonly isRefused?: true;
}

interface Followed {
  readonly entry: AuditEntry;
  readonly by: string;
  readonly address: string;
  readonly gatherMs: Millis;
  readonly isCase: boolean;
  /** When what was counted is noted. */
  due: Millis;
  /** Not noted yet. */
  times: number;
  first: Millis;
  last: Millis;
}

const HOUR_MS: Millis = 3_600_000;
const DAY_MS: Millis = 24 * HOUR_MS;
/** Cases of one person within the hour that are named. */
const MAX_CASES = 200;
/** Addresses of one person within the hour that are named: one network may give as many as somebody likes. */
const MAX_ADDRESSES = 20;
const MAX_FOLLOWED = 10_000;
/** Stands for the cases beyond, as it does for the keys of a KPI. */
const OTHER = '~other';
const OTHER_ADDRESSES = 'other addresses';

/** What is followed of somebody. */
interface Person {
  cases: number;
  /** How much from each address. */
  readonly addresses: Map<string, number>;
}

export class ReadAudit {
  readonly #write: (entry: AuditEntry) => void;
  readonly #now: () => Millis;
  /** By what is the same in each entry; the one that was begun first comes first. */
  readonly #followed = new Map<string, Followed>();
  readonly #people = new Map<string, Person>();
  #gathered = 0;

  constructor(write: (entry: AuditEntry) => void, now: () => Millis) {
    this.#write = write;
    this.#now = now;
  }

  queue(): Queue {
    return { queue: 'audit_reads', depth: this.#followed.size, limit: MAX_FOLLOWED, refused: this.#gathered };
  }

  read(asked: Read): void {
    const now = this.#now();
    const { name: by, role } = asked.principal;
    const person = this.#people.get(by);
    const isKnownAddress = person === undefined || person.addresses.has(asked.address);
    const isNamed = isKnownAddress || person.addresses.size < MAX_ADDRESSES;
    const read = isNamed ? asked : { ...asked, address: OTHER_ADDRESSES };
    let entry = entryOf(read);
    let name = JSON.stringify(entry);
    const isCase = read.action === 'case.read';
    if (isCase && !this.#followed.has(name) && person !== undefined && person.cases >= MAX_CASES) {
      entry = { ...entry, case: OTHER };
      name = JSON.stringify(entry);
    }
    const known = this.#followed.get(name);
    if (known !== undefined) {
      if (known.times === 0) known.first = now;
      known.times += 1;
      known.last = now;
      this.#gathered += 1;
      return;
    }
    const [oldest] = this.#followed.keys();
    if (oldest !== undefined && this.#followed.size >= MAX_FOLLOWED) this.#drop(oldest);
    const gatherMs = role === 'display' ? DAY_MS : HOUR_MS;
    const { address } = read;
    this.#followed.set(name, {
      entry,
      by,
      address,
      gatherMs,
      isCase,
      due: now + gatherMs,
      times: 0,
      first: now,
      last: now,
    });
    this.#follow(by, address, isCase, 1);
    this.#write({ ...entry, times: 1 });
  }

  /** One more of this person is followed, or one less. */
  #follow(by: string, address: string, isCase: boolean, more: 1 | -1): void {
    const person = this.#people.get(by) ?? { cases: 0, addresses: new Map<string, number>() }; // the first
    this.#people.set(by, person);
    if (isCase) person.cases += more;
    const left = (person.addresses.get(address) ?? 0) + more; // the first
    if (left > 0) person.addresses.set(address, left);
    else person.addresses.delete(address);
    if (person.addresses.size === 0) this.#people.delete(by);
  }

  /** Once a second: notes what has gathered for long enough. What goes on is not begun again: one entry each time. */
  tick(): void {
    const now = this.#now();
    for (const [name, followed] of this.#followed) {
      if (followed.due > now) continue;
      if (followed.times === 0) {
        this.#drop(name);
        continue;
      }
      this.#note(followed);
      followed.due = now + followed.gatherMs;
    }
  }

  /** Notes everything: nothing more comes. */
  close(): void {
    for (const name of this.#followed.keys()) this.#drop(name);
  }

  #drop(name: string): void {
    const followed = must(this.#followed.get(name));
    this.#note(followed);
    this.#followed.delete(name);
    this.#follow(followed.by, followed.address, followed.isCase, -1);
  }

  #note(followed: Followed): void {
    const { entry, times, first, last } = followed;
    if (times > 0) this.#write({ ...entry, times, since: iso(first), last: iso(last) });
    followed.times = 0;
  }
}

function entryOf({ action, principal, address, of, isRefused }: Read): AuditEntry {
  const { name, role } = principal;
  return { action, outcome: isRefused === true ? 'refused' : 'done', by: name, role, ...of, address };
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
