/** How a command that runs for long ends: by SIGINT, SIGTERM or the end of the npm that started it. */
const LEFT_OPEN_MS = 300;
const PARENT_EVERY_MS = 500;

export interface Stopping {
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Ends the process as that signal would have without us, whatever its threads do. */
  readonly onStuck: () => void;
}

/** A second signal ends the process at once. */
export function untilStopped(): Stopping {
  const stop = new AbortController();
  let first: NodeJS.Signals = 'SIGTERM';
  const onStuck = (): void => {
    process.removeAllListeners(first);
    process.kill(process.pid, first);
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) return onStuck();
    first = name;
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // npm hands a signal to the shell that it runs us in, which keeps it to itself and is gone.
  const parent = process.ppid;
  const isOrphan = (): void => {
    if (process.ppid !== parent && !stop.signal.aborted) onSignal('SIGTERM');
  };
  if (process.env['npm_lifecycle_event'] !== undefined) setInterval(isOrphan, PARENT_EVERY_MS).unref();
  return { signal: stop.signal, onStuck };
}

/**
 * Runs to its end, and the process soon after, whatever is still open: the NATS client keeps the socket of an attempt that met
 * with silence.
 */
export async function thenExit(work: Promise<void>): Promise<void> {
  try {
    await work;
  } finally {
    setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
  }
}
