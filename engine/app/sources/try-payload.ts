/** A payload, or the rows of a table, through a source's map and the checks of every event, with nothing stored. */
import { openCsvTable } from '../../adapters/formats/csv-table.ts';
import { runYielding } from '../../core/steps/steps.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { createIngest } from '../../../operators/events/ingest.ts';
import type { Mapped, MapFault } from '../../../operators/sources/mapping.ts';
import { payloadOf } from '../../../operators/sources/payload.ts';
import { sourceEvent } from '../../../operators/sources/source-event.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import type { Config } from '../config/config.ts';
import { eventRules } from '../pipeline.ts';
import { mappedSource } from './mapped-source.ts';
import { missingColumns } from './missing-columns.ts';
import { bodyHash } from './source-letter.ts';
import type { Trial, TrialEvent } from './trial.ts';

const JSON_EVENT = { 'content-type': 'application/cloudevents+json' };

/** A message of a tool. */
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
  return checked(config, source, mapped);
}

const MOST_ROWS = 20;

/** The first rows of a table; faults are under their lines. */
export async function tryRows(config: Config, source: SourceConfig, file: string): Promise<Trial> {
  const encoding = source.encoding === 'auto' ? null : source.encoding;
  const table = await openCsvTable(file, { delimiter: source.delimiter, encoding });
  const map = mappedSource(source);
  const events: TrialEvent[] = [];
  const faults: MapFault[] = [...missingColumns(source, table.columns).faults];
  let rows = 0;
  for await (const one of table.rows()) {
    const { line } = one;
    if ('fault' in one) faults.push({ at: '', error: `line ${line}: ${one.fault}` });
    else {
      const trial = await checked(
        config,
        source,
        map({ row: one.row, line }, () => `line-${line}`),
      );
      events.push(...trial.events);
      const none = trial.isTaken ? [] : [{ at: 'map', error: 'no rule takes it' }];
      for (const { at, error } of [...trial.faults, ...none]) faults.push({ at, error: `line ${line}: ${error}` });
    }
    if ((rows += 1) === MOST_ROWS) break;
  }
  return { isTaken: true, events, faults };
}

async function checked(config: Config, source: SourceConfig, mapped: Mapped): Promise<Trial> {
  const read = createIngest({ ...eventRules(config), maskKey: 'shown to nobody' });
  const events: TrialEvent[] = [];
  const faults = [...mapped.faults];
  for (const one of mapped.events) {
    const event = sourceEvent(source.id, one);
    const bytes = new TextEncoder().encode(JSON.stringify(event));
    const { accepted, faults: refused } = await runYielding(
      read(JSON_EVENT, bytes, systemClock.now()),
      () => undefined,
    );
    for (const { at, error } of refused)
      faults.push({ at: `map[${one.rule}]`, error: `its ${one.type} is refused at ${at}: ${error}` });
    events.push({ ...{ rule: one.rule, event, leftOut: one.leftOut }, subject: accepted[0]?.subject ?? null });
  }
  return { isTaken: mapped.isTaken, events, faults };
}
