/** What outputs of several partitions, and of any number of crashes, must agree in: all but the order in which they came. */
import type { JsonObject } from '../../core/types.ts';
import type { Stored } from './read-streams.ts';

/** By KPI, key and window what was said last, without how often and when. */
export function lastWords(stored: readonly Stored[]): readonly string[] {
  const last = new Map<string, { readonly revision: number; readonly text: string }>();
  for (const { data } of stored) {
    const { revision, watermark: _, ...rest } = data as { revision: number } & JsonObject;
    const id = JSON.stringify([rest['kpi'], rest['key'], rest['window']]);
    if ((last.get(id)?.revision ?? -1) < revision) last.set(id, { revision, text: JSON.stringify(rest) });
  }
  // What was retracted last is as if it had never been said.
  const texts = [...last.values()].map(({ text }) => text).filter((text) => !text.includes('"retracted":true'));
  return texts.sort();
}

/** Alert by alert: which of two keys of one instant comes first depends on which was seen first. */
export function changesOf(stored: readonly Stored[]): readonly JsonObject[] {
  const changes = stored.map(({ data }) => data as JsonObject);
  const alerts = [...new Set(changes.map(({ alert }) => alert as string))].sort();
  return alerts.flatMap((wanted) => changes.filter(({ alert }) => alert === wanted));
}

/** Which event it was about. */
export function idsOf(stored: readonly Stored[]): readonly string[] {
  return stored
    .map(({ subject, data }) => {
      const { id, enrichment } = data as { id?: string; enrichment?: { event: { id: string } } };
      return `${subject} ${id ?? enrichment?.event.id ?? ''}`;
    })
    .sort();
}

/** How many messages stand there a second time under the same id. */
export function twice(stored: readonly Stored[]): number {
  const ids = stored.map((message) => message.headers['nats-msg-id']);
  return ids.length - new Set(ids).size;
}
