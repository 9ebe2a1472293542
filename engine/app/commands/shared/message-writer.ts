/** In which form `process` writes the messages of a file: all of them a line each, the windows of KPIs as a table, actions, or the notices of hooks. */
import { formatInstant } from '../../../core/cloud-events.ts';
import { START_OF_TIME, type JsonObject, type Outgoing } from '../../../core/types.ts';
import type { HookBackTest } from '../../hooks/hook-back-test.ts';
import type { KpiTable } from './kpi-table.ts';

export interface MessageWriter {
  /** Before all others: the head of a table. */
  begin(): string;
  /** Lines, one for each that is counted as written; of a table its rows, which may hold line breaks. */
  write(messages: readonly Outgoing[]): readonly string[];
  end(): readonly string[];
}

/** `only`: how the subjects of those that are wanted begin. */
export function lineWriter(only: string): MessageWriter {
  return {
    begin: () => '',
    write: (messages) => messages.filter(({ subject }) => subject.startsWith(only)).map(lineOf),
    end: () => [],
  };
}

/** `isFile`: Excel takes a file for UTF-8 where it begins with a mark. */
export function tableWriter(table: KpiTable, only: string, isFile: boolean): MessageWriter {
  return {
    begin: () => (isFile ? '\ufeff' : '') + table.header(),
    write: (messages) => table.rows(messages.filter(({ subject }) => subject.startsWith(only))),
    end: () => [],
  };
}

export function noticeWriter(backTest: HookBackTest): MessageWriter {
  return { begin: () => '', write: (messages) => backTest.see(messages), end: () => backTest.end() };
}

/** What would have been triggered, in short: a line for each action that was sent, suppressed, done … */
export function actionWriter(): MessageWriter {
  const prefix = 'cx.actions.';
  return {
    begin: () => '',
    write: (messages) =>
      messages
        .filter(({ subject }) => subject.startsWith(prefix))
        .map(({ subject, time, data }) => {
          const { state, name, key, owner, due, reason } = data as JsonObject;
          // Warnings and breaches of clocks have no name.
          const named = name === undefined ? null : { name };
          const said = { time: formatInstant(time), state, kind: subject.slice(prefix.length), ...named };
          return `${JSON.stringify({ ...said, key, owner, due, reason })}\n`;
        }),
    end: () => [],
  };
}

/** One message as `process` writes it; `time` is null where the file has not said yet how far it is. */
function lineOf({ subject, id, type, time, data }: Outgoing): string {
  return `${JSON.stringify({ subject, id, type, time: time === START_OF_TIME ? null : formatInstant(time), data })}\n`;
}
