/**
 * Minutes of faults at random over two engines and their broker, in 1 partition and in 4, on one thread and on two: what the streams hold in the end is
 * compared with what one undisturbed engine leaves. Any difference ends with exit code 1. `--smoke`: twenty seconds each;
 * `--minutes=N`: of each; EARSHOT_SEED runs the same faults again.
 */
import { nemesis } from '../engine/testing/rig/nemesis-run.ts';
import { record } from './record.ts';

const isSmoke = process.argv.includes('--smoke');
const asked = Number(/=(\d+)$/.exec(process.argv.find((arg) => arg.startsWith('--minutes=')) ?? '')?.[1] ?? 3);
const seconds = isSmoke ? 20 : asked * 60;
const first = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));

const rows = [];
for (const [partitions, threads] of [
  [1, 1],
  [4, 1],
  [4, 2],
] as const) {
  const seed = first + partitions + threads - 2;
  process.stdout.write(`nemesis: partitions ${partitions}, threads ${threads}, seed ${seed}\n`);
  const { messages, faults, starts, settledMs, wrong } = await nemesis({ seed, seconds, partitions, threads });
  for (const line of wrong.slice(0, 20)) process.stdout.write(`  ${line.slice(0, 1000)}\n`);
  rows.push({
    partitions,
    threads,
    seed,
    seconds,
    messages,
    ...faults,
    starts,
    settled_ms: settledMs,
    wrong: wrong.length,
  });
  if (wrong.length > 0) process.exitCode = 1;
}
record(
  isSmoke ? 'nemesis-smoke' : 'nemesis',
  'two engines on one broker, sent 500 messages/s, while at random engines are killed, asked to stop and frozen for up to 6 s, their networks cut and held, the broker killed and frozen, consumers deleted; wrong: differences between the output streams and those of one undisturbed engine, and engines that ended by themselves; settled: from when the last fault was mended and the last message stored until all was read and reported',
  rows,
);
