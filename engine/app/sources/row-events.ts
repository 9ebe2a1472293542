/** The rows of a table as the events that a source's map makes of them, a message each, under the line of its row. */
import { createHash } from 'node:crypto';
import type { CsvTable, TableRow } from '../../adapters/formats/csv-table.ts';
import type { RawMessage } from '../../core/types.ts';
import { sourceEvent } from '../../../operators/sources/source-event.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import { faultSentence, mappedSource } from './mapped-source.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json' } as const;
const BATCH = 256;
const MOST_NAMED = 20;

/** What became of the rows so far. */
export class RowReport {
  rows = 0;
  events = 0;
  /** Rows of which something became no event. */
  bad = 0;
  /** The first, by line. */
  readonly faults: { readonly line: number; readonly error: string }[] = [];

  refuse(line: number, error: string): void {
    this.bad += 1;
    if (this.faults.length < MOST_NAMED) this.faults.push({ line, error });
  }
}

/** `check`: why an event would be refused; null: it is good. */
export type CheckEvent = (event: Uint8Array) => string | null;

export async function* rowEvents(
  table: CsvTable,
  source: SourceConfig,
  report: RowReport,
  { check = () => null, onRow = () => undefined }: { readonly check?: CheckEvent; readonly onRow?: () => void } = {},
): AsyncGenerator<readonly RawMessage[]> {
  const map = mappedSource(source);
  const messagesOf = (one: TableRow): readonly RawMessage[] => {
    const { line } = one;
    if ('fault' in one) {
      report.refuse(line, one.fault);
      return [];
    }
    const { events, faults, isTaken } = map({ row: one.row, line }, () => hashOf(one.row));
    const wrong = [...faults];
    const good: RawMessage[] = [];
    for (const event of events) {
      const data = Buffer.from(JSON.stringify(sourceEvent(source.id, event)));
      const why = check(data);
      if (why === null) good.push({ subject: 'cx.events.file', headers: STRUCTURED, data, seq: line, stored: 0 });
      else wrong.push({ at: `map[${event.rule}]`, error: `its ${event.type} is refused: ${why}` });
    }
    if (!isTaken || wrong.length > 0) report.refuse(line, faultSentence(source.id, wrong));
    report.events += good.length;
    return good;
  };
  let batch: RawMessage[] = [];
  for await (const row of table.rows()) {
    report.rows += 1;
    batch.push(...messagesOf(row));
    onRow();
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The same row again is the same event. */
function hashOf(row: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 32);
}
