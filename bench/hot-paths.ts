/**
 * What each step costs that every event goes through, alone, in memory, by Benchmark.js: it warms up, takes samples and says how
 * far the mean may be off. Events of the workload, a thousand in round, with real texts.
 */
import Benchmark from 'benchmark';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { msgpackCodec } from '../engine/gateway/live/msgpack-codec.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { binaryHeaders } from '../engine/core/cloud-events.ts';
import type { Collector, JsonObject, RawMessage } from '../engine/core/types.ts';
import { jsonCodec, type Codec } from '../engine/live/frame-codec.ts';
import { FeatureExtractor } from '../models/text/features.mjs';
import { parseConfig } from '../engine/app/config/config.ts';
import { dedupe } from '../operators/dedupe/dedupe.ts';
import { enrichedMessage } from '../operators/events/enriched.ts';
import { createDecoder } from '../operators/events/decode.ts';
import { detectLang } from '../operators/events/lang.ts';
import { maskText } from '../operators/events/masking/mask-text.ts';
import type { CxEnvelope, CxEvent } from '../operators/shared/messages.ts';
import { urgencyOf } from '../operators/scoring/urgency.ts';
import { eventRules } from '../engine/app/pipeline.ts';
import { record, type Row } from './record.ts';
import { workload } from '../engine/app/demo/generator.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';

const COUNT = 1000;
const START = Date.UTC(2026, 2, 2, 1);
const maxTime = process.argv.includes('--smoke') ? 0.1 : 3;

const parsed = parseConfig({}, compileExpression);
if ('faults' in parsed) throw new Error('the configuration is valid');
const decode = createDecoder({ ...eventRules(parsed.config), maskKey: 'bench' });
const make = workload(
  { seed: 3, start: START, perSecond: 200, incidents: [], disorderMs: 0 },
  loadTexts(packageRoot()),
);
const messages = Array.from({ length: COUNT }, (_, i): RawMessage => {
  const { subject, event } = make(i);
  const headers = { 'content-type': 'application/cloudevents+json' };
  return { seq: i + 1, stored: START + 5 * i, subject, headers, data: Buffer.from(JSON.stringify(event)) };
});
const events = messages.flatMap((message): CxEnvelope[] =>
  decode(message).items.flatMap((item) => ('event' in item ? [item.event] : [])),
);
if (events.length !== COUNT) throw new Error('each event of the workload is good');
const texts = events.flatMap(({ value: { data } }) => (typeof data['text'] === 'string' ? [data['text']] : []));
const value: JsonObject = {
  kpi: 'csat',
  key: { region: 'east', channel: 'app' },
  window: { start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T01:15:00.000Z' },
  value: 84.2,
  n: 1904,
  interval: [82.5, 85.8],
  status: 'live',
};

/** Whatever it is that has no other use, so that nothing is compiled away. */
let kept: unknown;
function cycling<T>(list: readonly T[], step: (one: T, round: number) => unknown): () => void {
  let round = 0;
  return () => {
    kept = step(list[round % list.length] as T, round);
    round += 1;
  };
}
function frameOf(codec: Codec): () => void {
  return cycling([value], (one, round) =>
    codec.frame({ type: 'update', seq: round }, [['values', [codec.piece(one)]]]),
  );
}
const nothing = (): undefined => undefined;
const nowhere: Collector<CxEvent> = {
  emit: nothing,
  send: nothing,
  forward: nothing,
  show: nothing,
  urgent: nothing,
  count: nothing,
};
const once = dedupe<CxEvent>({ horizonMs: 600_000, maxIds: 1_000_000 }).create({ partition: 0 });
const features = new FeatureExtractor();

const headersOf = binaryHeaders({ source: 'urn:earshot:bench', publicUrl: null });
const STEPS: Readonly<Record<string, () => void>> = {
  'an event decoded, checked and masked': cycling(messages, decode),
  'of that, a text masked': cycling(texts, maskText),
  'language of a text': cycling(texts, detectLang),
  'urgency of a text': cycling(texts, (text) => urgencyOf(text, -0.5)),
  'tokens and pieces of a text': cycling(texts, (text) => features.read(text)),
  'an id looked up and remembered': cycling(events, (event, round) => {
    const ts = START + 5 * round;
    once.onEvent({ ...event, id: `bench|${round}`, ts }, ts - 2000, nowhere);
    return ts;
  }),
  'an enriched event written': cycling(events, (event, round) => {
    const message = enrichedMessage(event);
    kept = headersOf({ ...message, id: `e0.${round}` });
    return Buffer.from(JSON.stringify(message.data));
  }),
  'a live value as a JSON frame': frameOf(jsonCodec),
  'a live value as a MessagePack frame': frameOf(msgpackCodec),
};

const rows: Row[] = [];
const suite = new Benchmark.Suite();
for (const [name, step] of Object.entries(STEPS)) suite.add(name, step, { maxTime });
suite.on('cycle', ({ target }: Benchmark.Event) => {
  if (!(target instanceof Benchmark)) return;
  const { name = '', hz, stats } = target;
  if (kept === undefined) throw new Error(`${name} did nothing`);
  rows.push({
    step: name,
    ns: Math.round(1e9 / hz),
    plus_minus_percent: Math.round(stats.rme * 10) / 10,
    a_second: Math.round(hz),
  });
});
suite.run();
record(
  process.argv.includes('--smoke') ? 'hot-paths-smoke' : 'hot-paths',
  `what single steps cost, ${texts.length} texts of ${Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length)} characters on average; 95 % of means lie within the percentage given`,
  rows,
);
