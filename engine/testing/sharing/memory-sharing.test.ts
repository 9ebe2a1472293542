import { describe, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { MemoryLine, MemoryRoom } from './memory-sharing.ts';
import { sharingPortCases } from './sharing-port-cases.ts';

describe('the way between instances, in memory', () => {
  for (const { name, run } of sharingPortCases) {
    it(name, () =>
      run(() => {
        const room = new MemoryRoom();
        const clock = new ManualClock(1);
        return Promise.resolve({
          connect: () => new MemoryLine(room, { clock }),
          settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
          lease: (item) => Promise.resolve(void room.leases.set(item, 'somebody')),
        });
      }),
    );
  }
});
