/** In which form `process` writes the messages of a file: all of them a line each, the windows of KPIs as a table, or the notices of hooks. */
import { formatInstant } from '../../../core/cloud-events.ts';
import { START_OF_TIME, type Outgoing } from '../../../core/types.ts';
import type { HookBackTest } from '../../hooks/hook-back-test.ts';
import type { KpiTable } from './kpi-table.ts';

export interface MessageWriter {
  /** Before all others. */
  begin(): string;
  /** Empty where none of them is wanted. */
  write(messages: readonly Outgoing[]): string;
  end(): string;
}

/** `only`: how the subjects of those that are wanted begin. */
export function lineWriter(only: string): MessageWriter {
  return {
    begin: () => '',
    write: (messages) =>
      messages
        .filter(({ subject }) => subject.startsWith(only))
        .map(lineOf)
        .join(''),
    end: () => '',
  };
}

/** `isFile`: Excel takes a file for UTF-8 where it begins with a mark. */
export function tableWriter(table: KpiTable, only: string, isFile: boolean): MessageWriter {
  return {
    begin: () => (isFile ? '\ufeff' : '') + table.header(),
    write: (messages) => table.rows(messages.filter(({ subject }) => subject.startsWith(only))),
    end: () => '',
  };
}

export function noticeWriter(backTest: HookBackTest): MessageWriter {
  return { begin: () => '', write: (messages) => backTest.see(messages), end: () => backTest.end() };
}

/** One message as `process` writes it; `time` is null where the file has not said yet how far it is. */
function lineOf({ subject, id, type, time, data }: Outgoing): string {
  return `${JSON.stringify({ subject, id, type, time: time === START_OF_TIME ? null : formatInstant(time), data })}\n`;
}
