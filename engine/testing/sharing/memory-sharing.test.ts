import { describe, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { MemoryLine, MemoryMeeting } from './memory-sharing.ts';
import { sharingPortCases } from './sharing-port-cases.ts';

describe('the way between instances, in memory', () => {
  for (const { name, run } of sharingPortCases) {
    it(name, () =>
      run(() => {
        const meeting = new MemoryMeeting();
        const clock = new ManualClock(1);
        return Promise.resolve({
          connect: () => new MemoryLine(meeting, { clock }),
          settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
          lease: (item) => Promise.resolve(void meeting.leases.set(item, 'somebody')),
        });
      }),
    );
  }
});
