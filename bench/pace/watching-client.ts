/**
 * A process of its own that watches a gateway and notes when what was due was first shown. Says `subscribed` on stdout; ends with its
 * stdin, and then prints the latencies in ms of each kind, in order, and the bytes it was sent.
 * Arguments: <url> <start, epoch ms> <warm-up ms>
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { must } from '../../engine/core/must.ts';
import type { ServerFrame } from '../../engine/core/wire.ts';
import { STEADY_EVERY_MS, type Journey } from './paced-keys.ts';

const [, , url = '', startText = '', warmUpText = ''] = process.argv;
const [start, warmUpMs] = [Number(startText), Number(warmUpText)];
const seen: Readonly<Record<Journey, number[]>> = { steady: [], fresh: [], breach: [] };
/** Of a steady key: up to when it was shown, from the start. */
const shownTo = new Map<string, number>();
const shown = new Set<string>();
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let bytes = 0;
let frames = 0;

function note(journey: Journey, dueMs: number, at: number): void {
  if (dueMs >= warmUpMs) seen[journey].push(at - start - dueMs);
}
function once(journey: Journey, name: string, at: number): void {
  if (shown.has(name)) return;
  shown.add(name);
  note(journey, Number(name.slice(1)), at);
}
/** A value shows all events of its key up to one. */
function steadily(name: string, value: number, at: number): void {
  const before = shownTo.get(name);
  shownTo.set(name, Math.max(before ?? 0, value));
  if (before === undefined) return;
  for (let due = before + STEADY_EVERY_MS; due <= value; due += STEADY_EVERY_MS) note('steady', due, at);
}

const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
socket.once('open', () => {
  socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/steady', 'kpi/fresh', 'alerts'] }));
});
socket.on('message', (data: Buffer) => {
  const at = Date.now();
  const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
  bytes += data.length;
  frames += 1;
  if (frame.op === 'snapshot') process.stdout.write('subscribed\n');
  if (frame.op !== 'delta') return;
  for (const { kpi, key, value } of frame.kpis) {
    const name = must(key['step']);
    if (kpi === 'fresh') once('fresh', name, at);
    else if (value !== null) steadily(name, value, at);
  }
  for (const { rule, state, key } of frame.alerts) {
    if (rule === 'broken' && state === 'firing') once('breach', must(key['step']), at);
  }
});
process.stdin.resume().once('end', () => {
  socket.terminate();
  for (const list of Object.values(seen)) list.sort((a, b) => a - b);
  process.stdout.write(JSON.stringify({ seen, bytes, frames, stoodStillMs: delay.max / 1e6 }));
});
