/**
 * Which screens are connected and what they show, as they said when they subscribed; sends one another board over its live
 * connection. Walls that were there and are gone stay listed for a day, so that one that went dark is seen; people's desks are
 * counted only. Who sees and sends to a screen sees at least what it does.
 */
import type { Millis } from '../../core/types.ts';
import type { ScreenAbout, ScreenBoard } from '../../core/wire.ts';
import type { HubClient } from '../../live/hub-client.ts';
import type { Scope } from '../../live/filter.ts';
import type { Principal } from '../access/principal.ts';
import { isWithin } from '../access/scope-within.ts';

/** One connection, as the endpoint keeps it. */
export interface ScreenLine {
  readonly client: HubClient;
  readonly principal: Principal;
  readonly heardAt: Millis;
  /** So far. */
  readonly sent: { readonly frames: number };
}

interface Screen {
  readonly about: ScreenAbout;
  readonly line: ScreenLine;
  readonly subscription: number;
  readonly since: Millis;
  /** Frames so far at each of the last ticks, the oldest first. */
  readonly paces: number[];
  goneAt: Millis | null;
}

export interface ScreenShown {
  readonly about: ScreenAbout;
  readonly state: 'live' | 'stale' | 'gone';
  readonly since: Millis;
  readonly seen: Millis;
  readonly framesPerSecond: number;
}

export interface ScreensOptions {
  readonly pingMs: Millis;
  now(): Millis;
}

/** Ticks that a pace is of. */
const PACE_TICKS = 10;
/** Two pings unanswered. */
const STALE_PINGS = 2;
const GONE_MS: Millis = 24 * 3_600_000;
const MAX_GONE = 200;

export class Screens {
  readonly #options: ScreensOptions;
  readonly #screens = new Map<string, Screen>();
  /** A line is one screen. */
  readonly #ids = new Map<ScreenLine, string>();

  constructor(options: ScreensOptions) {
    this.#options = options;
  }

  announced(line: ScreenLine, subscription: number, about: ScreenAbout): void {
    const known = this.#screens.get(about.id);
    // A name that another one goes by is not taken over while that one is there.
    if (known?.goneAt === null && known.line !== line && !isSame(known.line.principal, line.principal)) return;
    const former = this.#ids.get(line);
    const isOther = former !== undefined && former !== about.id;
    // Its name may be another line's by now.
    if (isOther && this.#screens.get(former)?.line === line) this.#screens.delete(former);
    this.#ids.set(line, about.id);
    if (about.name !== '') this.#forgetFormer(about, line);
    const isSameLine = known?.line === line;
    const since = isSameLine ? known.since : this.#options.now();
    this.#screens.delete(about.id);
    this.#screens.set(about.id, {
      ...{ about, line, subscription, since, goneAt: null },
      paces: isSameLine ? known.paces : [line.sent.frames],
    });
  }

  /** A wall that lost what its browser kept comes again under its name. */
  #forgetFormer({ id: own, name }: ScreenAbout, line: ScreenLine): void {
    for (const [id, { about, goneAt, line: former }] of this.#screens) {
      const isGone = id !== own && goneAt !== null && about.name === name;
      if (isGone && isSame(former.principal, line.principal)) this.#screens.delete(id);
    }
  }

  left(line: ScreenLine): void {
    const id = this.#ids.get(line);
    this.#ids.delete(line);
    const screen = id === undefined ? undefined : this.#screens.get(id);
    // It is back already, on another line.
    if (id === undefined || screen?.line !== line) return;
    if (screen.about.wall) screen.goneAt = this.#options.now();
    else this.#screens.delete(id);
  }

  /** Once a second. */
  tick(): void {
    for (const { paces, line, goneAt } of this.#screens.values()) {
      if (goneAt !== null) continue;
      paces.push(line.sent.frames);
      if (paces.length > PACE_TICKS + 1) paces.shift();
    }
    this.#forgetGone(this.#options.now());
  }

  /** Walls by name, and how many desks there are beside. */
  within(scope: Scope | null): { readonly walls: readonly ScreenShown[]; readonly desks: number } {
    const now = this.#options.now();
    const visible = [...this.#screens.values()].filter(({ line }) => isWithin(line.principal.scope, scope));
    const walls = visible.filter(({ about }) => about.wall).map((screen) => this.#shown(screen, now));
    walls.sort(
      ({ about: a }, { about: b }) =>
        Number(a.name === '') - Number(b.name === '') || compare(a.name, b.name) || compare(a.id, b.id),
    );
    return { walls, desks: visible.length - walls.length };
  }

  /** @param board null: the one of its own address. `unknown`: none that this scope knows of. */
  show(id: string, scope: Scope | null, board: ScreenBoard | null): 'sent' | 'gone' | 'desk' | 'unknown' {
    const screen = this.#screens.get(id);
    if (screen === undefined || !isWithin(screen.line.principal.scope, scope)) return 'unknown';
    if (!screen.about.wall) return 'desk';
    if (screen.goneAt !== null) return 'gone';
    const { client } = screen.line;
    client.send(
      client.codec.frame({ op: 'show', id: screen.subscription, board: board === null ? null : { ...board } }),
    );
    return 'sent';
  }

  #shown({ about, line, since, paces, goneAt }: Screen, now: Millis): ScreenShown {
    const [oldest = line.sent.frames, latest = line.sent.frames] = [paces[0], paces.at(-1)]; // before the first tick
    const isStale = line.client.blocked() || now - line.heardAt > STALE_PINGS * this.#options.pingMs;
    return {
      ...{ about, since },
      state: goneAt !== null ? 'gone' : isStale ? 'stale' : 'live',
      seen: goneAt ?? line.heardAt,
      framesPerSecond: goneAt !== null || paces.length < 2 ? 0 : (latest - oldest) / (paces.length - 1),
    };
  }

  #forgetGone(now: Millis): void {
    let gone = 0;
    for (const [id, { goneAt }] of [...this.#screens].reverse()) {
      if (goneAt === null) continue;
      gone += 1;
      if (gone > MAX_GONE || now - goneAt > GONE_MS) this.#screens.delete(id);
    }
  }
}

function isSame(a: Principal, b: Principal): boolean {
  const isOfOne = isWithin(a.scope, b.scope) && isWithin(b.scope, a.scope);
  return a.session === b.session && a.name === b.name && isOfOne;
}
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
