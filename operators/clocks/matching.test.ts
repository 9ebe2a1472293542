/** Which verbs an event is to whose clock, and what is asked of it for that. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../engine/app/config/config.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';
import { ClockMatcher } from './matching.ts';

const CONFIG = `
clocks:
  - id: answer
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.replied, where: data.author == "bot", key: data.other}
    resume: {on: cx.case.replied}
    expire: 1h
`;

/** What an answer of a case is to the clock, and what was asked of it. */
function matched(data: Readonly<Record<string, string>>): { readonly records: string[]; readonly asked: string[] } {
  const [records, asked]: [string[], string[]] = [[], []];
  const compile: CompileExpression = (source, place = 'nowhere') => {
    const expression = compileExpression(source, place);
    const noted = (variables: Readonly<Record<string, unknown>>): unknown => {
      asked.push(place.slice('clocks[answer].'.length));
      return expression(variables);
    };
    return Object.assign(noted, expression);
  };
  const parsed = parseConfig(parse(CONFIG), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const value: CxEvent = {
    ...{ source: '/t', eventId: 'e', type: 'cx.case.replied', family: 'case', channel: 'app', subjectKey: 'k' },
    ...{ attributes: {}, data, time: 0, received: 0, enrichment: NOT_SCORED },
  };
  new ClockMatcher(parsed.config.clocks, compile).match(
    { id: '/t|e', ts: 0, value },
    {
      record: ({ verb, key }) => void records.push(`${verb} ${key}`),
      keyless: (clock) => void records.push(`${clock} of nobody`),
    },
  );
  return { records, asked };
}

it('one event does the first of its verbs for a key; of a key that has one nothing more is asked', () => {
  expect(matched({ case: 'c', other: 'c', author: 'agent' })).toEqual({
    records: ['stop c'],
    asked: ['stop.where', 'stop.key', 'pause.where'],
  });
  expect(matched({ case: 'c', author: 'customer' }).records).toEqual(['resume c']);
});

it('another key of the same event has its own verb', () => {
  expect(matched({ case: 'c', other: 'd', author: 'bot' })).toEqual({
    records: ['pause d', 'resume c'],
    asked: ['stop.where', 'pause.where', 'pause.key', 'resume.key'],
  });
});

it('an event of nobody is reported once, whatever it could have done', () => {
  expect(matched({ author: 'agent' }).records).toEqual(['answer of nobody']);
});
