/**
 * Loaded into an engine before it starts (`--import`): the longest that its event loop was held, in processor time, which load on
 * the machine hardly changes. On SIGUSR2 it says so on stderr and starts over.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  let last = cpuMs();
  let longest = 0;
  const look = (): void => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    // Up to a millisecond of other work may be in it.
    setTimeout(look, 1).unref();
  };
  look();
  process.on('SIGUSR2', () => {
    process.stderr.write(`${JSON.stringify({ probe: { longest, cpu: cpuMs() } })}\n`);
    longest = 0;
  });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
