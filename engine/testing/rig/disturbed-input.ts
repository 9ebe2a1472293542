/** What engines that are disturbed are given, to be compared with one that is not; and how it is published. */
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { workload } from '../../app/demo/generator.ts';
import { loadTexts } from '../../app/demo/texts.ts';
import { closingEvents } from './closing-events.ts';

export interface Message {
  readonly subject: string;
  readonly body: string;
}

/** Two KPIs and a rule, as a configuration writes them. */
export const KPIS_AND_RULE = `kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 1m, slide: 5s}, by: [[], [region, channel]]}
  - {id: wait, title: {zh-CN: 等待, en: Wait}, from: cx.interaction.call, measure: {kind: quantile, value: data.wait_s, q: 0.9}, window: {kind: tumbling, size: 10s}}
rules:
  - {id: csat_low, kpi: csat, by: [region, channel], fire: value < 75, recover: value >= 80, for: 2s, min_n: 3, severity: critical}
`;

const START = Date.UTC(2026, 2, 2, 1);
/** The time of its last events. */
export const DISTURBED_END = START + 7_200_000;
const LATE_MS = 200_000;

/** The workload at 200 a second with an incident, with repeats and events that are far too late; its last events close all windows. */
export function disturbedInput(options: {
  readonly seed: number;
  readonly events: number;
  /** How long the incident takes, from the third second. */
  readonly incidentMs: number;
  readonly partitions: number;
}): readonly Message[] {
  const { seed, events, incidentMs, partitions } = options;
  const incident = { from: START + 2_000, to: START + 2_000 + incidentMs, region: 'east', channel: 'app' };
  const make = workload(
    { seed, start: START, perSecond: 200, incidents: [incident], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const messages = Array.from({ length: events }, (_, i) => {
    const { subject, event } = make(i);
    const lateMs = i % 50 === 7 && i > events / 2 ? LATE_MS : 0;
    const time = new Date(Date.parse(event['time'] as string) - lateMs).toISOString();
    return { subject, body: JSON.stringify({ ...event, time }) };
  });
  const repeats = messages.filter((_, i) => i % 60 === 0);
  return [...messages, ...repeats, ...closingEvents(make(events).event, DISTURBED_END, partitions)];
}

/** Resolves when the server has all of them. `perSecond`: no faster, so that what happens meanwhile happens under load. */
export async function publishMessages(
  nc: NatsConnection,
  messages: readonly Message[],
  perSecond = Infinity,
): Promise<void> {
  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');
  for (const [i, { subject, body }] of messages.entries()) {
    nc.publish(subject, body, { headers: structured });
    if (i % 20 === 19 && perSecond < Infinity) await new Promise((wake) => setTimeout(wake, 20_000 / perSecond));
  }
  await nc.flush();
}
