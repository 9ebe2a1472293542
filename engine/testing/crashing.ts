/** Faults for `connect` to a MemoryBroker. Calls are counted from 1; each has a `before` and an `after`. */
import { Crash, LostAck, type Fault } from './memory.ts';

/** kill -9 at the n-th moment: odd ones before an effect, even ones after it and before anybody knows. */
export function crashAt(moment: number): Fault {
  let moments = 0;
  return (call, when) => {
    if (++moments === moment) throw new Crash(`${when} ${call}, moment ${moment}`);
  };
}

/** The n-th effect takes place, but its acknowledgement never arrives. Only for calls that are tried again. */
export function loseAck(call: string, nth: number): Fault {
  let calls = 0;
  return (name, when) => {
    if (name === call && when === 'after' && ++calls === nth) throw new LostAck(`${call} ${nth}`);
  };
}

/** SIGSTOP at the n-th moment; `resume` is SIGCONT. */
export class Stall {
  /** Resolves when the process has stopped. */
  readonly reached: Promise<void>;
  readonly resume: () => void;
  readonly fault: Fault;

  constructor(moment: number) {
    let resume = (): void => undefined;
    let reach = (): void => undefined;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    this.reached = new Promise((resolve) => (reach = resolve));
    this.resume = () => resume();
    let moments = 0;
    this.fault = async () => {
      moments++;
      if (moments === moment) reach();
      // Whatever else was under way stands still as well.
      if (moments >= moment) await resumed;
    };
  }
}
