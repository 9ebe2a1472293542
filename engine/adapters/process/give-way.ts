/** A thread whose work can wait gives way to the others of its process where processors are short. */
import { constants, getPriority, setPriority } from 'node:os';

/** The others get about three times its share of a processor that they compete for; on one of its own it is as fast as ever. */
const BELOW = 5;

/** The thread that calls it, from where the process stands. On Linux only: elsewhere a priority is of the whole process. */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, Math.min(getPriority() + BELOW, constants.priority.PRIORITY_LOW));
  } catch {
    // The machine does not allow it: all are alike, as before.
  }
}
