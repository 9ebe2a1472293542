/** What is asked of the thread of the hooks and is not answered yet. A thread that ends answers nothing: nobody waits for it. */
import type { NoticeNote } from '../../../core/wire.ts';
import type { HookThread } from './open-hook-thread.ts';

export class Questions {
  readonly #waiting = new Map<number, (notes: readonly NoticeNote[]) => void>();
  #thread: Pick<HookThread, 'postMessage'> | null = null;
  #next = 0;

  /** Whom to ask from now on; null: nobody. */
  to(thread: Pick<HookThread, 'postMessage'> | null): void {
    this.#thread = thread;
    for (const id of this.#waiting.keys()) this.answer(id, []);
  }

  ask(alert: string): Promise<readonly NoticeNote[]> {
    const thread = this.#thread;
    if (thread === null) return Promise.resolve([]);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      thread.postMessage({ kind: 'ask_notes', id, alert });
    });
  }

  answer(id: number, notes: readonly NoticeNote[]): void {
    this.#waiting.get(id)?.(notes);
    this.#waiting.delete(id);
  }
}
