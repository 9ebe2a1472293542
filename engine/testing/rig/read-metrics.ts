/** Reads a running engine's /metrics: sums of families over their labels. */
export type Metrics = (family: string) => number;

export async function readMetrics(url: string): Promise<Metrics> {
  const answer = await fetch(`${url}/metrics`);
  const sums = new Map<string, number>();
  for (const line of (await answer.text()).split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)/.exec(line);
    if (found?.[1] === undefined) continue;
    sums.set(found[1], (sums.get(found[1]) ?? 0) + Number(found[2]));
  }
  return (family) => sums.get(family) ?? 0;
}

/** Looks every 50 ms until `isReached`, or throws after `withinMs`, saying what was waited for. */
export async function until(what: string, withinMs: number, isReached: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isReached().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
