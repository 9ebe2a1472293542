/**
 * The disk under the embedded nats-server: warned of before it is full, reported while it is. A nats-server (2.9.10) that met a full
 * disk answers no more for its streams, however much space there is again: `onSpaceAgain` restarts it, which loses nothing, since
 * nothing is taken for stored that it did not acknowledge.
 */
import { statfs } from 'node:fs/promises';
import { reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { single, type Family } from '../../core/metrics.ts';

export interface DiskSpaceOptions {
  readonly folder: string;
  readonly logger: Logger;
  /** There is space again after there was none. */
  readonly onSpaceAgain: () => void;
  /** Free bytes where the folder is. */
  readonly free?: (folder: string) => Promise<number>;
}

const MIB = 1024 * 1024;
/** What a write of the server may need: with less some have failed. */
const FULL_BYTES = 8 * MIB;
const SPACE_BYTES = 32 * MIB;
const LOW_BYTES = 512 * MIB;
const EVERY_MS = 5_000;

export class DiskSpace {
  readonly #options: DiskSpaceOptions;
  #free: number | undefined;
  #isFull = false;
  #isLow = false;

  constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { folder, logger, onSpaceAgain, free = freeBytes } = this.#options;
    try {
      this.#free = await free(folder);
    } catch (error) {
      // It says nothing of the space there is.
      logger.warn('cannot tell how full the disk is', { folder, error: reasonOf(error) });
      return;
    }
    const isLow = this.#free < LOW_BYTES;
    if (isLow && !this.#isLow) logger.warn('the disk is nearly full', { folder, freeMiB: this.#freeMiB() });
    this.#isLow = isLow;
    if (this.#free < FULL_BYTES) this.#isFull = true;
    else if (this.#isFull && this.#free >= SPACE_BYTES) {
      this.#isFull = false;
      logger.warn('the disk has space again: nats-server is restarted', { folder, freeMiB: this.#freeMiB() });
      onSpaceAgain();
    }
  }

  /** Why nothing can be stored; undefined: it can. */
  full(): string | undefined {
    if (!this.#isFull) return undefined;
    return `the disk under ${this.#options.folder} is full (${this.#freeMiB()} MiB left): free at least ${SPACE_BYTES / MIB} MiB, the rest goes on by itself`;
  }

  families(): readonly Family[] {
    if (this.#free === undefined) return [];
    return [
      single('earshot_store_free_bytes', 'gauge', 'Free space on the disk under the embedded nats-server.', this.#free),
    ];
  }

  #freeMiB(): number {
    return Math.floor((this.#free ?? 0) / MIB); // said only once it is known
  }
}

/** Looks at once and now and then; `stop` ends that. */
export function watchDisk(options: DiskSpaceOptions): { readonly space: DiskSpace; readonly stop: () => void } {
  const space = new DiskSpace(options);
  void space.look();
  const timer = setInterval(() => void space.look(), EVERY_MS);
  return { space, stop: () => clearInterval(timer) };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
