/**
 * Makes the recorded stream of the golden replay, recording.ndjson, again: `npm run build:bench && node dist-bench/engine/testing/golden/record.js`. The events, their
 * texts included, are Earshot's own: strewn with repeats, garbage, events that are late and events that are far too late. The
 * last ones close every window, in each of up to four partitions.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { partitionOf } from '../../core/partition/partition-of.ts';
import type { JsonObject } from '../../core/types.ts';
import { workload } from '../../app/demo/generator.ts';

const EVENTS = 1_500;
const PER_SECOND = 100;
const START = Date.UTC(2026, 2, 2, 1);
const SEED = 20260302;
const MOST_PARTITIONS = 4;

const REVIEWS: readonly (readonly [star: number, text: string])[] = [
  [5, '送得很快，包装也干净，下次还点。'],
  [5, '店员很热情，等位的时候还送了茶。'],
  [5, 'Ordered twice this week, both times on time and hot.'],
  [4, '味道不错，就是份量少了一点。'],
  [4, 'Friendly staff, the queue moved quickly.'],
  [4, '小程序下单方便，取餐不用排队。'],
  [3, '一般般，没有上次好吃。'],
  [3, 'It was fine, nothing special.'],
  [2, '汤洒了一半，打电话没有人接。'],
  [2, 'The app charged me twice and nobody answers.'],
  [1, '等了一个半小时还没送到，太慢了。'],
  [1, '退款申请了三天都没有消息，非常失望。'],
  [1, 'Cold food, wrong order, no apology.'],
];
const QUESTIONS: readonly string[] = [
  '我的订单到哪里了？',
  '怎么修改收货地址？',
  'Where can I see my points?',
  'How do I cancel an order I placed a minute ago?',
  '发票可以补开吗？',
  'My coupon does not work at the checkout.',
];

const make = workload(
  {
    ...{ seed: SEED, start: START, perSecond: PER_SECOND, disorderMs: 1_500 },
    incidents: [{ from: START + 4_000, to: START + 9_000, region: 'east', channel: 'app' }],
  },
  {
    reviews: REVIEWS.map(([star, text], i) => ({ id: `own/${String(i)}`, star, text })),
    questions: QUESTIONS.map((text, i) => ({ id: `own/${String(i)}`, intent: '', text })),
  },
);

const lines: string[] = [];
for (let i = 0; i < EVENTS; i++) {
  const { event, time } = make(i);
  // What alerts are judged by when a window closes is on time: of an event that is not, some partition may be in time.
  const isJudged = event['type'] === 'cx.survey.answered';
  const behind = i > EVENTS / 2 && i % 47 === 0 ? 200_000 : i % 23 === 0 && !isJudged ? 3_000 : 0;
  const sent = JSON.stringify({ ...event, time: new Date(time - behind).toISOString() });
  lines.push(i % 61 === 5 ? `${sent.slice(0, 90)} …` : sent);
  if (i % 43 === 7) lines.push(sent);
}
const missing = new Set(Array.from({ length: MOST_PARTITIONS }, (_, p) => p));
for (let i = 0; missing.size > 0; i++) {
  const id = `end-${String(i)}`;
  if (!missing.delete(partitionOf(id, MOST_PARTITIONS))) continue;
  const data: JsonObject = { channel: 'web', page: '/end', customer: { id } };
  const time = new Date(START + 2 * 86_400_000).toISOString();
  lines.push(JSON.stringify({ specversion: '1.0', id, source: '/golden', type: 'cx.page.viewed', time, data }));
}
writeFileSync(join(packageRoot(), 'engine', 'testing', 'golden', 'recording.ndjson'), `${lines.join('\n')}\n`);
