/** A payload through a source's map and the checks of every event, with nothing stored. */
import { runYielding } from '../../core/steps/steps.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { createIngest } from '../../../operators/events/ingest.ts';
import { payloadOf } from '../../../operators/sources/payload.ts';
import { sourceEvent } from '../../../operators/sources/source-event.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import type { Config } from '../config/config.ts';
import { eventRules } from '../pipeline.ts';
import { mappedSource } from './mapped-source.ts';
import { bodyHash } from './source-letter.ts';
import type { Trial, TrialEvent } from './trial.ts';

const JSON_EVENT = { 'content-type': 'application/cloudevents+json' };

export async function tryPayload(
  config: Config,
  source: SourceConfig,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Trial> {
  const payload = payloadOf(body, headers['content-type']);
  if ('fault' in payload) return { isTaken: true, events: [], faults: [{ at: '', error: payload.fault }] };
  const variables = { body: payload.value, headers, query: {} };
  const mapped = mappedSource(source)(variables, () => bodyHash(body));
  const read = createIngest({ ...eventRules(config), maskKey: 'shown to nobody' });
  const events: TrialEvent[] = [];
  const faults = [...mapped.faults];
  for (const one of mapped.events) {
    const event = sourceEvent(source.id, one);
    const bytes = new TextEncoder().encode(JSON.stringify(event));
    const checked = await runYielding(read(JSON_EVENT, bytes, systemClock.now()), () => undefined);
    for (const { at, error } of checked.faults)
      faults.push({ at: `map[${one.rule}]`, error: `its ${one.type} is refused at ${at}: ${error}` });
    events.push({ ...{ rule: one.rule, event, leftOut: one.leftOut }, subject: checked.accepted[0]?.subject ?? null });
  }
  return { isTaken: mapped.isTaken, events, faults };
}
