/** Notices that were given up: the last of them, each until it is sent once more. */
import type { FailedNotice } from './records.ts';
import { takeChanged } from './changed-keys.ts';

/** The oldest goes. */
export const MOST_FAILED = 1000;

export class FailedNotices {
  readonly #failed = new Map<string, FailedNotice>();
  readonly #changed = new Set<string>();
  readonly #saved = new Set<string>();

  /** As it was saved: nothing has changed. */
  restore(failed: readonly FailedNotice[]): void {
    for (const one of [...failed].sort((a, b) => a.at - b.at)) {
      this.#failed.set(one.notice.id, one);
      this.#saved.add(one.notice.id);
    }
  }

  add(failed: FailedNotice): void {
    this.#failed.set(failed.notice.id, failed);
    this.#changed.add(failed.notice.id);
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size <= MOST_FAILED) return;
      this.#failed.delete(oldest);
      this.#changed.add(oldest);
    }
  }

  /** Those of these ids, or all: they are listed no more. */
  take(ids: ReadonlySet<string> | null): readonly FailedNotice[] {
    const taken = [...this.#failed.values()].filter(({ notice }) => ids === null || ids.has(notice.id));
    for (const { notice } of taken) {
      this.#failed.delete(notice.id);
      this.#changed.add(notice.id);
    }
    return taken;
  }

  values(): readonly FailedNotice[] {
    return [...this.#failed.values()];
  }

  get size(): number {
    return this.#failed.size;
  }

  takeChanged(): ReadonlyMap<string, FailedNotice | null> {
    return takeChanged(this.#changed, this.#saved, (id) => this.#failed.get(id));
  }
}
