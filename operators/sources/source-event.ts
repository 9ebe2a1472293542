/** A mapped event as the CloudEvent that is stored: as if its sender had sent it. */
import type { JsonObject } from '../../engine/core/types.ts';
import type { MappedEvent } from './mapping.ts';

export interface SourceEvent extends JsonObject {
  readonly id: string;
  readonly type: string;
}

/** `source`: its id in the configuration. */
export function sourceEvent(source: string, { id, type, time, data }: MappedEvent): SourceEvent {
  return { specversion: '1.0', id, source: `/sources/${source}`, type, ...(time === null ? {} : { time }), data };
}
