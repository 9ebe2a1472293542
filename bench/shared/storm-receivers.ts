/**
 * A process of its own with the receivers of a storm: writes their addresses as a line of JSON, and when its input ends how many
 * notices each took.
 */
import { benchReceiver, type ReceiverAnswer } from './hook-receivers.ts';

const ANSWERS = {
  webhook: { status: 204, afterMs: 5 },
  wecom: { status: 200, body: '{"errcode":0}', afterMs: 100 },
  slack: { status: 200, body: 'ok', afterMs: 100 },
  teams: { status: 202, afterMs: 50 },
  slow: { status: 204, afterMs: 2_000 },
} as const satisfies Readonly<Record<string, ReceiverAnswer>>;

const counts = new Map<string, number>(Object.keys(ANSWERS).map((name) => [name, 0]));
const receivers = await Promise.all(
  Object.entries(ANSWERS).map(async ([name, answer]) => {
    const counted = (): void => void counts.set(name, (counts.get(name) ?? 0) + 1); // every name is in it
    return { name, ...(await benchReceiver(answer, counted)) };
  }),
);
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
print(Object.fromEntries(receivers.map(({ name, url }) => [name, url])));
process.stdin.resume();
process.stdin.on('end', () => {
  print(Object.fromEntries(counts));
  process.exit(0);
});
