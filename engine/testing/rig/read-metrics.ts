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

/** A wait only ends what hangs: on a busy machine everything takes ten times as long. What must be fast is measured. */
const LEAST_PATIENCE_MS = 120_000;

/** Looks every 50 ms until `isReached`, or throws after `withinMs`, two minutes at least, saying what was waited for. */
export async function until(what: string, withinMs: number, isReached: () => Promise<boolean>): Promise<void> {
  const patienceMs = Math.max(withinMs, LEAST_PATIENCE_MS);
  const deadline = Date.now() + patienceMs;
  while (!(await isReached().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
