/** What became of a payload or a row under a map, as it is shown to whoever wrote the map. */
import type { MapFault } from '../../../operators/sources/mapping.ts';
import type { SourceEvent } from '../../../operators/sources/source-event.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';

export interface TrialEvent {
  /** Place of its rule in the map. */
  readonly rule: number;
  /** As it would be stored. */
  readonly event: SourceEvent;
  readonly subject: string | null;
  readonly leftOut: readonly string[];
}

export interface Trial {
  readonly isTaken: boolean;
  readonly events: readonly TrialEvent[];
  readonly faults: readonly MapFault[];
}

export function trialLines(source: SourceConfig, { isTaken, events, faults }: Trial): string {
  const lines = events.flatMap(({ rule, event, subject, leftOut }) => [
    `map[${rule}] → ${event.type}  ${event.id}  ${typeof event['time'] === 'string' ? event['time'] : '(when it comes)'}`,
    ...(subject === null ? [] : [`  ${subject}`]),
    `  ${JSON.stringify(event['data'])}`,
    ...(leftOut.length === 0 ? [] : [`  left out, because nothing came of them: ${leftOut.join(', ')}`]),
  ]);
  const wrong = faults.map(({ at, error }) => `fault: sources[${source.id}]${at === '' ? '' : `.${at}`}: ${error}`);
  const none = isTaken
    ? events.length + faults.length === 0
      ? ['ignored: a rule takes it and gives no event']
      : []
    : [`fault: no rule of sources[${source.id}].map takes it: it would go to cx.dlq.unmapped`];
  return [...lines, ...wrong, ...none].map((line) => `${line}\n`).join('');
}
