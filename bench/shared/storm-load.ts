/**
 * A process of its own that loads two engines in turn, so that whoever measures does not pay for it: events of every kind, twenty
 * markers a second (a review whose product is `m-<when it was due>`) and events that break rules, each for a key of its own. The
 * engine whose turn it is not gets a tenth of the ordinary events: its time goes on, and its alerts end. For the first engine, which
 * has no hooks, this process posts to the receiver what hooks would: what receivers cost is the same on both sides.
 * Arguments: <nats url> <nats url> <receiver url> <events/s> <breaches/s> <start, epoch ms> <phase, ms> <phases>
 */
import { Agent, request } from 'node:http';
import { connect, headers } from '@nats-io/transport-node';
import { workload } from '../../engine/app/demo/generator.ts';
import { loadTexts } from '../../engine/app/demo/texts.ts';
import { play, type Playable } from '../../engine/app/playback/play.ts';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import { at } from '../../engine/core/must.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { percentile } from '../record.ts';
import { phaseSide } from './storm-phases.ts';

const [urlA = '', urlB = '', receiver = '', ...rest] = process.argv.slice(2);
const [perSecond = 0, breaches = 0, start = 0, phaseMs = 0, phases = 0] = rest.map(Number);
const connections = [await connect({ servers: urlA }), await connect({ servers: urlB })];
const make = workload(
  { seed: start % 1_000_003, start, perSecond, incidents: [], disorderMs: 500 },
  loadTexts(packageRoot()),
);
const structured = headers();
structured.set('content-type', 'application/cloudevents+json');

const MARKERS_A_SECOND = 20;

type Sent = Playable & { readonly toBoth: boolean; readonly isBreach?: true };
const eventAt = (due: number, type: string, id: string, data: JsonObject): JsonObject => {
  return { specversion: '1.0', id, source: '/storm', type, time: new Date(due).toISOString(), data };
};
const sent = (due: number, subject: string, event: JsonObject, toBoth: boolean): Sent => {
  return { due, subject, headers: {}, data: Buffer.from(JSON.stringify(event)), toBoth };
};

/** One in twenty breaks the rule of the critical alerts, too. */
function breach(i: number, due: number): Sent {
  const score = i % 20 === 0 ? 1 : 2;
  const data = { channel: 'app', metric: 'csat', score, store: `s${i}` };
  const event = eventAt(due, 'cx.survey.answered', `b${start}-${i}`, data);
  return { ...sent(due, 'cx.events.app.survey.-', event, false), isBreach: true };
}

function marker(due: number): Sent {
  const data = { channel: 'app', text: '等了两个小时还没送到，太慢了', product: `m-${due}` };
  return sent(due, 'cx.events.app.feedback.-', eventAt(due, 'cx.feedback.posted', `m${due}`, data), false);
}

function* events(): Generator<Sent> {
  const count = Math.floor((perSecond * phaseMs * phases) / 1000);
  for (let i = 0, broken = 0; i < count; i++) {
    const due = start + Math.floor((i * 1000) / perSecond);
    for (; broken < ((due - start) / 1000) * breaches; broken++) yield breach(broken, due);
    if (i % Math.max(1, Math.round(perSecond / MARKERS_A_SECOND)) === 0) yield marker(due);
    const { event, subject } = make(i);
    yield sent(due, subject, event, i % 10 === 0);
  }
}

/** When the alert of a breach ends, epoch ms: its window of 5 s has ended, and events may be 2 s late. */
const endOf = (due: number): number => (Math.floor(due / 5000) + 1) * 5000 + 2000;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const notice = JSON.stringify({ version: '4', alerts: [{ annotations: { description: 'x'.repeat(1800) } }] });
/** As long as a webhook of an alert. */
function post(): void {
  const sending = request(receiver, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
  sending.on('response', (response) => response.resume());
  sending.on('error', () => undefined); // the receivers count what came
  sending.end(notice);
}

const late: number[] = [];
await play(
  events(),
  (event) => {
    const { due, subject, data, toBoth, isBreach = false } = event as Sent;
    late.push(Date.now() - due);
    const own = phaseSide(Math.floor((due - start) / phaseMs));
    if (own === 0 && isBreach) {
      post();
      setTimeout(post, endOf(due) - Date.now());
    }
    for (const side of toBoth ? [0, 1] : [own]) at(connections, side).publish(subject, data, { headers: structured });
    return undefined;
  },
  { clock: systemClock, signal: new AbortController().signal },
);
for (const nc of connections) await nc.drain();
agent.destroy();
process.stdout.write(
  JSON.stringify({
    lateP99Ms: percentile(
      late.sort((a, b) => a - b),
      0.99,
    ),
  }),
);
