/**
 * A process of its own that publishes the workload at a steady rate and, among it, events by which whoever watches knows how late they
 * are shown, from when each was due: keys that change steadily (`steady`: the greatest `duration_ms` of a key is when its last event was
 * due, from the start), keys that are new (`fresh`), and keys that break a rule (`breach`). Prints how late it was itself.
 * Arguments: <nats url> <events/s> <seconds> <start, epoch ms>
 */
import { connect, headers } from '@nats-io/transport-node';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import { workload } from '../../engine/app/demo/generator.ts';
import { loadTexts } from '../../engine/app/demo/texts.ts';
import { play, type Playable } from '../../engine/app/playback/play.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { percentile } from '../record.ts';
import { FRESH_EVERY_MS, STEADY_EVERY_MS, STEADY_KEYS, BREACH_EVERY_MS } from './paced-keys.ts';

const [, , url = '', rateText = '', secondsText = '', startText = ''] = process.argv;
const [perSecond, endMs, start] = [Number(rateText), Number(secondsText) * 1000, Number(startText)];

const make = workload(
  { seed: start % 1_000_003, start, perSecond, incidents: [], disorderMs: 500 },
  loadTexts(packageRoot()),
);
const structured = headers();
structured.set('content-type', 'application/cloudevents+json');

function step(due: number, journey: string, name: string): Playable {
  const data = { channel: 'app', journey, step: name, outcome: 'completed', duration_ms: due - start };
  return playable(due, `cx.events.app.journey.${journey}-${name}`, {
    ...{ specversion: '1.0', id: `${journey}-${name}-${due}`, source: '/bench', type: 'cx.journey.step' },
    time: new Date(due).toISOString(),
    data,
  });
}
function playable(due: number, subject: string, event: JsonObject): Playable {
  return { due, subject, headers: {}, data: Buffer.from(JSON.stringify(event)) };
}

/** In the order in which they are due. */
function* events(): Generator<Playable> {
  let made = 0;
  for (let ms = 0; ms < endMs; ms++) {
    const due = start + ms;
    for (; (made * 1000) / perSecond <= ms; made++) {
      const { event, subject } = make(made);
      yield playable(due, subject, event);
    }
    // Keys with phases of their own: they do not change all at once.
    for (let key = 0; key < STEADY_KEYS; key++) {
      if ((ms + key * 7) % STEADY_EVERY_MS === 0) yield step(due, 'steady', `k${key}`);
    }
    if (ms % FRESH_EVERY_MS === 0) yield step(due, 'fresh', `f${ms}`);
    if (ms % BREACH_EVERY_MS === 0) yield step(due, 'breach', `b${ms}`);
  }
}

const nc = await connect({ servers: url });
const late: number[] = [];
await play(
  events(),
  (event) => {
    late.push(Date.now() - event.due);
    nc.publish(event.subject, event.data, { headers: structured });
    return undefined;
  },
  { clock: systemClock, signal: new AbortController().signal },
);
await nc.drain();
late.sort((a, b) => a - b);
process.stdout.write(
  JSON.stringify({ published: late.length, lateP99Ms: percentile(late, 0.99), lateMaxMs: late.at(-1) }),
);
