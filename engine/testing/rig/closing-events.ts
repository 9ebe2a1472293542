/** The end of a workload: an event in each partition, late enough to close all windows, whatever the number of partitions. */
import { partitionOf } from '../../core/partition/partition-of.ts';

export interface ClosingEvent {
  readonly subject: string;
  readonly body: string;
}

/** `like`: an event of the workload. `partitions`: the greatest number of them that the workload is played to. */
export function closingEvents(
  like: Readonly<Record<string, unknown>>,
  time: number,
  partitions: number,
): readonly ClosingEvent[] {
  const missing = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const events: ClosingEvent[] = [];
  for (let i = 0; missing.size > 0; i++) {
    const key = `end-${String(i)}`;
    if (!missing.delete(partitionOf(key, partitions))) continue;
    const event = { ...like, id: key, type: 'cx.page.viewed', time: new Date(time).toISOString() };
    const body = JSON.stringify({ ...event, data: { channel: 'web', page: '/end' } });
    events.push({ subject: `cx.events.web.page.${key}`, body });
  }
  return events;
}
