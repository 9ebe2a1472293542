/** What is known of a connection while it lives: whether it stands, and what the broker refuses. */
import type { PermissionViolationError } from '@nats-io/transport-node';
import type { Clock } from '../../core/types.ts';
import { permissionReason } from './nats-error-text.ts';

/** Whether a connection stands, and who wants to know when it stands again. One a connection, shared by the adapters. */
export interface ConnectionState {
  connected(): boolean;
  readonly clock: Clock;
  /** Calls back after each reconnect; the result ends that. */
  onReconnect(listener: () => void): () => void;
  onDisconnect(listener: () => void): () => void;
  /** What the broker did not let us do of late, which it says beside whatever waits for it. */
  refused(): string | undefined;
  /** What is tried in vain just now, and why: of whatever tries on by itself, without a way to say so. */
  troubles(): readonly string[];
  /** `what` cannot be done, for this reason; null: it can again. */
  noteTrouble(what: string, reason: string | null): void;
}

/** What is published again is refused again within this time; a subscription stays refused until the next connection. */
const REFUSED_MS = 30_000;
/** Different refusals whose last mention in the log is remembered. */
const MOST_WORDS = 100;

export class WatchedState implements ConnectionState {
  readonly clock: Clock;
  isConnected = true;
  #refusal: { readonly reason: string; readonly until: number } | undefined;
  readonly #troubles = new Map<string, string>();
  readonly #loggedAt = new Map<string, number>();
  readonly reconnectListeners = new Set<() => void>();
  readonly disconnectListeners = new Set<() => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  forgive(): void {
    this.#refusal = undefined;
  }
  note(refusal: PermissionViolationError): void {
    const until = refusal.operation === 'subscription' ? Number.POSITIVE_INFINITY : this.clock.elapsed() + REFUSED_MS;
    if (this.#refusal === undefined || until >= this.#refusal.until) {
      this.#refusal = { reason: permissionReason(refusal), until };
    }
  }
  troubles(): readonly string[] {
    return [...this.#troubles].map(([what, reason]) => `${what}: ${reason}`);
  }
  noteTrouble(what: string, reason: string | null): void {
    if (reason === null) this.#troubles.delete(what);
    else this.#troubles.set(what, reason);
  }
  /** Whatever is refused is tried on: the same words are logged now and then. */
  isNewsOf(words: string): boolean {
    const now = this.clock.elapsed();
    const loggedAt = this.#loggedAt.get(words);
    if (loggedAt !== undefined && now - loggedAt < REFUSED_MS) return false;
    if (this.#loggedAt.size >= MOST_WORDS) this.#loggedAt.clear();
    this.#loggedAt.set(words, now);
    return true;
  }
  refused(): string | undefined {
    return this.#refusal !== undefined && this.clock.elapsed() < this.#refusal.until ? this.#refusal.reason : undefined;
  }
  connected(): boolean {
    return this.isConnected;
  }
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => this.reconnectListeners.delete(listener);
  }
  onDisconnect(listener: () => void): () => void {
    this.disconnectListeners.add(listener);
    return () => this.disconnectListeners.delete(listener);
  }
}
