/**
 * The final output of a run in a form that must be the same byte by byte: calm or killed, in any number of partitions, live or
 * from a file. What is left out, and why, is here and in README.md; everything else is compared.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/types.ts';

/** One message out, as `earshot process` writes it or as a stream holds it. */
export interface Said {
  readonly subject: string;
  readonly type: string;
  readonly time: string;
  readonly data: JsonObject;
}

/** One line a message. In: the messages of each stream in its order. */
export function finalOutput(said: readonly Said[]): readonly string[] {
  const of = (family: string): readonly Said[] => said.filter(({ subject }) => subject.startsWith(`cx.${family}.`));
  return [
    ...lastWords(of('kpi')),
    ...inOrderOf(of('alerts'), ({ data }) => data['alert'] as string).map(lineOf),
    ...of('late')
      .map((message) => lineOf(without(message, ['late_by_ms', 'watermark'])))
      .sort(),
    ...of('dlq')
      .map((message) => lineOf(without(message, ['subject', 'seq', 'stored'], true)))
      .sort(),
    ...of('enriched').map(enrichedLine).sort(),
  ];
}

/** The last revision of every window; a session that was retracted last is as if it had never been. */
function lastWords(values: readonly Said[]): readonly string[] {
  const last = new Map<string, Said>();
  for (const message of values) {
    const { kpi, key, window, revision } = message.data;
    const id = JSON.stringify([kpi, key, window]);
    const before = last.get(id);
    if (before === undefined || Number(before.data['revision']) < Number(revision)) last.set(id, message);
  }
  return [...last.values()]
    .filter(({ data }) => data['retracted'] !== true)
    .map((message) => lineOf(without(message, ['revision', 'watermark'])))
    .sort();
}

/** By name, each one's changes in the order in which they left. */
function inOrderOf(messages: readonly Said[], nameOf: (message: Said) => string): readonly Said[] {
  const names = [...new Set(messages.map(nameOf))].sort();
  return names.flatMap((name) => messages.filter((message) => nameOf(message) === name));
}

/** What an event became is long: given by its digest. */
function enrichedLine({ subject, type, time, data }: Said): string {
  const { received: _, emitted: __, ...enrichment } = data['enrichment'] as JsonObject;
  const { id } = enrichment['event'] as JsonObject;
  const sha256 = createHash('sha256')
    .update(JSON.stringify({ ...data, enrichment }))
    .digest('hex');
  return JSON.stringify({ subject, type, time, id, sha256: sha256.slice(0, 24) });
}

/** `isClock`: its time is the broker's. */
function without(message: Said, fields: readonly string[], isClock = false): Said {
  const kept = Object.entries(message.data).filter(([name]) => !fields.includes(name));
  return { ...message, time: isClock ? '' : message.time, data: Object.fromEntries(kept) };
}

function lineOf({ subject, type, time, data }: Said): string {
  return JSON.stringify({ subject, type, time, data });
}
