/** How long the story of a case takes, read from `CX_ENRICHED`: by the number of messages and subjects in the stream. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { connectNats } from '../engine/adapters/nats/nats-connection.ts';
import { startNatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { Publisher } from '../engine/adapters/nats/publisher.ts';
import { provisionStreams } from '../engine/adapters/streams/provision-streams.ts';
import { caseStories } from '../engine/app/cases/case-stories.ts';
import { at } from '../engine/core/must.ts';
import { record, type Row } from './record.ts';

const START = Date.UTC(2026, 2, 2);
/** Of one case: an opening, messages on several channels, an end. */
const EVENTS_A_CASE = 10;
const CHANNELS = ['app', 'phone', 'wechat', 'email', 'web_chat'] as const;
const ASKED = 40;
const logger = makeLogger('json', () => undefined, Date.now);
const { signal } = new AbortController();

/** The events of cases lie between each other, as they do in life. */
function messageOf(i: number, cases: number): { subject: string; headers: Record<string, string>; data: Uint8Array } {
  const round = Math.floor(i / cases);
  const name = `k-${String(i % cases).padStart(10, '0')}`;
  const type =
    round === 0 ? 'cx.case.opened' : round === EVENTS_A_CASE - 1 ? 'cx.case.resolved' : 'cx.interaction.message';
  const channel = at(CHANNELS, round % CHANNELS.length);
  const event = { id: `e-${String(i)}`, source: '/desk', type };
  const data = {
    ...{ channel, case: name, conversation: `v-${name}`, author: 'customer', text: '等了两个小时还没送到'.repeat(12) },
    enrichment: { status: 'ok', lang: 'zh', sentiment: null, issues: [], quality: {}, event },
  };
  const family = type.startsWith('cx.case') ? 'case' : 'interaction';
  return {
    subject: `cx.enriched.${channel}.${family}.${name}`,
    headers: { 'ce-time': new Date(START + i * 10).toISOString() },
    data: new TextEncoder().encode(JSON.stringify(data)),
  };
}

async function measured(cases: number): Promise<Row> {
  const store = mkdtempSync(join(tmpdir(), 'earshot-case-story-'));
  const server = await startNatsServer({ store, logger });
  try {
    const nc = await connectNats({ servers: [server.url] }, logger);
    await provisionStreams(await jetstreamManager(nc), { partitions: 1, replicas: 1 }, logger);
    const publisher = new Publisher(nc, { logger });
    const count = cases * EVENTS_A_CASE;
    for (let i = 0; i < count; i += 2_000) {
      const batch = Array.from({ length: Math.min(2_000, count - i) }, (_, j) => messageOf(i + j, cases));
      await publisher.publish(batch, signal);
    }
    publisher.close();
    const storyOf = caseStories({ clocks: [], calendars: [], channels: [] }, compileExpression);
    const took: number[] = [];
    for (let i = 0; i < ASKED; i++) {
      const name = `k-${String((i * 7919) % cases).padStart(10, '0')}`;
      const began = performance.now();
      const story = await storyOf({ nc, maskId: (id) => id, logger }, name, START, signal);
      took.push(performance.now() - began);
      if (story?.entries.length !== EVENTS_A_CASE) throw new Error(`${name} has another story`);
    }
    await nc.close();
    took.sort((a, b) => a - b);
    const subjects = cases * (CHANNELS.length + 2);
    const quantile = (q: number): number => Math.round(at(took, Math.floor(q * (took.length - 1))));
    return { messages: count, subjects, p50_ms: quantile(0.5), p90_ms: quantile(0.9), most_ms: quantile(1) };
  } finally {
    await server.stop();
    rmSync(store, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const about = `stories of ${ASKED} cases of ${EVENTS_A_CASE} events each, one after the other, from CX_ENRICHED with messages of some 700 bytes`;
  const rows: Row[] = [];
  for (const cases of isSmoke ? [200] : [2_000, 20_000]) rows.push(await measured(cases));
  record(isSmoke ? 'case-story-smoke' : 'case-story', about, rows);
}
