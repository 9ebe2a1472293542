/** Single-use tickets: what a display shows once to get in, because a browser's WebSocket and address bar carry no headers. */
import { randomBytes } from 'node:crypto';
import type { Millis } from '../../core/types.ts';
import type { Principal } from './principal.ts';
import type { Queue } from '../../core/metrics.ts';

export interface Ticket {
  readonly ticket: string;
  readonly expires: Millis;
}

export const TICKET_TTL_MS = 60_000;
const MAX_TICKETS = 1_000;

export class Tickets {
  readonly most: number;
  readonly #now: () => Millis;
  #refused = 0;
  readonly #open = new Map<string, { readonly principal: Principal; readonly expires: Millis }>();

  /** @param most tickets that are out at once */
  constructor(now: () => Millis, most = MAX_TICKETS) {
    this.#now = now;
    this.most = most;
  }

  queue(): Queue {
    return { queue: 'tickets', depth: this.#open.size, limit: this.most, refused: this.#refused };
  }

  /** Undefined: too many are open. */
  issue(principal: Principal): Ticket | undefined {
    const now = this.#now();
    for (const [ticket, { expires }] of this.#open) if (expires <= now) this.#open.delete(ticket);
    if (this.#open.size >= this.most) {
      this.#refused += 1;
      return undefined;
    }
    const ticket = randomBytes(24).toString('base64url');
    const expires = now + TICKET_TTL_MS;
    this.#open.set(ticket, { principal, expires });
    return { ticket, expires };
  }

  /** Whom it stands for; undefined when it is unknown, used or expired. It is used up either way. */
  redeem(ticket: string): Principal | undefined {
    const known = this.#open.get(ticket);
    this.#open.delete(ticket);
    return known !== undefined && known.expires > this.#now() ? known.principal : undefined;
  }
}
