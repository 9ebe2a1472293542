/**
 * DisplaySessions of displays: who was let in by a ticket, until when, and which of them may no longer come back. A session is proven by
 * its signed cookie; this list says what is behind it and holds the revoked ones, so that it outlives a restart in a file (0600).
 * Where that cannot be written a revocation holds until the process ends, and whoever revoked it learns so.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { Scope } from '../../live/filter.ts';
import type { Queue } from '../../core/metrics.ts';
import type { Principal, Role } from './principal.ts';

export interface DisplaySession {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope | null;
  readonly since: Millis;
  readonly expires: Millis;
  /** When it last asked for something. */
  seen: Millis;
  revoked: boolean;
}

export interface DisplaySessionsOptions {
  /** null: in memory only. */
  readonly file: string | null;
  readonly log: Logger;
  now(): Millis;
}

/** Past it the one unseen longest is no longer listed, a revoked one last of all. */
const MAX_SESSIONS = 2_000;
const FORM = 1;
/** As `start` names them, and those from before they were named. */
const ID = /^[\w-]{22}$/;
/** No session lives longer. */
const LONGEST_MS: Millis = 31 * 86_400_000;

interface Saved {
  readonly form: number;
  readonly sessions: DisplaySession[];
  readonly outUntil?: Millis;
}

export class DisplaySessions {
  readonly #options: DisplaySessionsOptions;
  readonly #all = new Map<string, DisplaySession>();
  /** What began until then and is not listed stays out: one that was revoked is no longer listed. */
  #outUntil: Millis = -1;
  /** Other instances learn of what is revoked here; null: there are none. */
  #spread: ((id: string) => void) | null = null;

  constructor(options: DisplaySessionsOptions) {
    this.#options = options;
    for (const session of this.#read()) this.#all.set(session.id, session);
  }

  queue(): Queue {
    return { queue: 'display_sessions', depth: this.#all.size, limit: MAX_SESSIONS };
  }

  /** A new one for this principal. */
  start(principal: Principal): Principal & { readonly session: string } {
    const id = randomBytes(16).toString('base64url');
    this.#add(id, principal);
    this.#save();
    return { ...principal, session: id };
  }

  /**
   * It asks for something: false when it was revoked, or may have been. One that is not known (an older list) is from now on.
   *
   * @param began as its cookie says
   */
  isIn(id: string, principal: Principal, began: Millis = Number.POSITIVE_INFINITY): boolean {
    const known = this.#all.get(id);
    if (known === undefined && began <= this.#outUntil) return false;
    if (known === undefined) this.#add(id, principal);
    else if (known.revoked) return false;
    else known.seen = this.#options.now();
    return true;
  }

  /** From now on others learn of what is revoked here, and what is revoked here may have begun with them. */
  spread(spread: (id: string) => void): void {
    this.#spread = spread;
  }

  /** Whether that is kept over a restart; undefined: there is no such session. */
  revoke(id: string): boolean | undefined {
    const known = this.#all.get(id);
    if (known?.revoked === true) return undefined;
    if (known === undefined && (this.#spread === null || !ID.test(id))) return undefined;
    this.#bar(id);
    this.#spread?.(id);
    return this.#save();
  }

  /** Another instance revoked it. False: that is known. */
  bar(id: string): boolean {
    if (this.#all.get(id)?.revoked === true) return false;
    this.#bar(id);
    this.#save();
    return true;
  }
  #bar(id: string): void {
    if (!this.#all.has(id))
      this.#add(id, { name: 'revoked', role: 'display', scope: null, expires: this.#options.now() + LONGEST_MS });
    must(this.#all.get(id)).revoked = true;
  }

  /** Those that may come back, the latest first. */
  list(): DisplaySession[] {
    this.#forgetExpired();
    return [...this.#all.values()].filter(({ revoked }) => !revoked).reverse();
  }

  #add(id: string, { name, role, scope, expires }: Principal): void {
    this.#forgetExpired();
    if (this.#all.size >= MAX_SESSIONS) this.#forgetOne();
    const now = this.#options.now();
    this.#all.set(id, {
      id,
      name,
      role,
      scope,
      since: now,
      expires: expires ?? Number.MAX_SAFE_INTEGER,
      seen: now,
      revoked: false,
    });
  }

  #forgetExpired(): void {
    const now = this.#options.now();
    for (const [id, { expires }] of this.#all) if (expires <= now) this.#all.delete(id);
  }

  #forgetOne(): void {
    let oldest: DisplaySession | undefined;
    for (const one of this.#all.values()) {
      const isSooner = oldest === undefined || Number(one.revoked) < Number(oldest.revoked);
      if (isSooner || (one.revoked === oldest?.revoked && one.seen < oldest.seen)) oldest = one;
    }
    if (oldest === undefined) return;
    this.#all.delete(oldest.id);
    if (oldest.revoked) this.#outUntil = Math.max(this.#outUntil, oldest.since);
  }

  #read(): DisplaySession[] {
    const { file, log } = this.#options;
    const now = this.#options.now();
    if (file === null) return [];
    try {
      const { form, sessions, outUntil } = JSON.parse(readFileSync(file, 'utf8')) as Saved;
      if (form !== FORM || !Array.isArray(sessions)) throw new TypeError('of another form');
      this.#outUntil = outUntil ?? -1; // of an earlier version
      return sessions.filter(({ expires }) => expires > now);
    } catch (thrown) {
      const isNone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
      // Whom it held as revoked is not known: that must not pass in silence.
      if (!isNone) log.error('the list of display sessions cannot be read: revoked ones may come back', { file });
      return [];
    }
  }

  #save(): boolean {
    const { file, log } = this.#options;
    if (file === null) return false;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const saved: Saved = { form: FORM, sessions: [...this.#all.values()], outUntil: this.#outUntil };
      writeFileSync(`${file}.new`, JSON.stringify(saved), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return true;
    } catch (thrown) {
      log.error('the list of display sessions cannot be written', { file, because: reasonOf(thrown) });
      return false;
    }
  }
}
