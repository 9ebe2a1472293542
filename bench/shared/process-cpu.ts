/** What a process has used of the processors, as Linux counts it: its first thread, and all of them. */
import { readFileSync } from 'node:fs';

export interface ProcessCpu {
  readonly firstThreadMs: number;
  readonly allMs: number;
}

const TICK_MS = 10;

/** NaN where the system does not say. */
export function processCpu(pid: number): ProcessCpu {
  return { firstThreadMs: usedBy(`/proc/${pid}/task/${pid}/stat`), allMs: usedBy(`/proc/${pid}/stat`) };
}

function usedBy(file: string): number {
  try {
    // The name, in brackets, may hold anything.
    const [, fields = ''] = readFileSync(file, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return ((user ?? Number.NaN) + (system ?? Number.NaN)) * TICK_MS;
  } catch {
    return Number.NaN; // another system
  }
}
