/**
 * A process of its own that publishes the workload at a steady rate, so that neither the engine nor whoever measures it pays for that.
 * Every tenth of a second one event is a marker: a review whose product is `m-<when it was due>`; whoever sees that product knows its latency
 * from the scheduled send time, so that a stalled publisher counts too (no coordinated omission).
 * Arguments: <nats url> <events/s> <seconds> <start, epoch ms>
 */
import { connect, headers } from '@nats-io/transport-node';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import type { JsonObject } from '../../core/types.ts';
import { workload } from '../../app/demo/generator.ts';
import { play, type Playable } from '../../app/playback/play.ts';
import { loadTexts } from '../../app/demo/texts.ts';

const [url = '', rateText = '', secondsText = '', startText = ''] = process.argv.slice(2);
const perSecond = Number(rateText);
const start = Number(startText);
const count = Math.floor(perSecond * Number(secondsText));
const markerEvery = Math.max(1, Math.round(perSecond / 10));

const make = workload(
  { seed: start % 1_000_003, start, perSecond, incidents: [], disorderMs: 500 },
  loadTexts(packageRoot()),
);
const structured = headers();
structured.set('content-type', 'application/cloudevents+json');

/** Texts occur once: what is measured is scoring, not remembering. */
function unrepeated(event: JsonObject, i: number): JsonObject {
  const data = event['data'] as JsonObject;
  return typeof data['text'] === 'string' ? { ...event, data: { ...data, text: `${data['text']} ${i}` } } : event;
}

function* events(): Generator<Playable> {
  for (let i = 0; i < count; i++) {
    const due = start + Math.floor((i * 1000) / perSecond);
    let { event, subject } = make(i);
    if (i % markerEvery === 0) {
      event = {
        ...event,
        type: 'cx.feedback.posted',
        time: new Date(due).toISOString(),
        data: {
          ...(event['data'] as JsonObject),
          channel: 'app',
          text: '等了两个小时还没送到，太慢了',
          product: `m-${due}`,
        },
      };
      subject = 'cx.events.app.feedback.-';
    }
    event = unrepeated(event, i);
    yield { due, subject, headers: {}, data: Buffer.from(JSON.stringify(event)) };
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
  JSON.stringify({ published: count, publisherLateP99Ms: late[Math.floor(late.length * 0.99)] ?? 0 }),
);
