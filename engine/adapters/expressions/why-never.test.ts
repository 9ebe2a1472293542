/** Expressions that can never give a result, and those that may. */
import { describe, expect, it } from 'vitest';
import { EVENT_SCOPE } from '../../../operators/config/config-expressions.ts';
import { compileExpression } from './cel.ts';

const why = (source: string, wanted: 'bool' | 'double' = 'bool'): string | null =>
  compileExpression(source).whyNever(EVENT_SCOPE, wanted === 'bool' ? ['bool'] : ['int', 'double']);

describe('there is never a result of', () => {
  it.each([
    ['data.v % 2 == 0', '% needs whole numbers, and numbers of events are decimals: write int(data.v)'],
    ['received % 1000 == 0', '% needs whole numbers, and numbers of events are decimals: write int(received)'],
    ['attributes.type == "x"', 'attributes never holds "type": write type'],
    ['attributes["id"] == "x"', 'attributes never holds "id": write eventId'],
    ['has(attributes.type)', 'attributes never holds "type": write type'],
    ['enrichment.sentimnt.label == "negative"', 'enrichment has no field "sentimnt"; did you mean sentiment?'],
    ['enrichment.sentiment.labl == "negative"', 'enrichment.sentiment has no field "labl"; did you mean label?'],
    ['enrichment.issues.exists(i, i.name == "x")', 'i has no field "name"'],
    ['enrichment.issues.label == "x"', 'enrichment.issues is a list, but .label needs a map'],
    ['type.family == "case"', 'type is a text, but .family needs a map'],
    ['channel > 5', 'channel is a text and 5 is a number: neither comes before the other'],
    ['channel == 5', 'channel is a text and 5 is a number: they are never the same'],
    ['channel == null', 'channel is a text and null is null: they are never the same'],
    ['channel + 1 == "app1"', 'channel is a text and 1 is a number: there is no + of the two'],
    ['channel', 'its result is a text, expected true or false'],
    ['size(data.list)', 'its result is a number, expected true or false'],
    ['!channel', 'channel is a text, but ! needs true or false'],
    ['channel && data.x', 'channel is a text, but && needs true or false'],
    ['channel ? true : false', 'channel is a text, but ? needs true or false'],
    ['received.contains("1")', 'received is a number, but .contains() needs a text'],
    ['received.exists(x, true)', 'received is a number, but .exists needs a list or a map'],
    ['"a" in channel', 'channel is a text, but in needs a list or a map'],
    ['time.hours > 3', 'time is an instant, but .hours needs a map'],
    ['time > 5', 'time is an instant and 5 is a number: neither comes before the other'],
    ['time > received', 'time is an instant and received is a number: neither comes before the other'],
    ['-channel == 1', 'channel is a text, but - needs a number'],
    ['data.list.map(x, channel % 2)', 'channel is a text and 2 is a number: there is no % of the two'],
  ])('%s', (source, part) => {
    expect(why(source)).toContain(part);
  });
  it('a condition where a number is read', () => {
    expect(why('data.score > 3', 'double')).toBe('its result is true or false, expected a number');
    expect(why('data.score', 'double')).toBeNull();
  });
});

describe('there may be a result of', () => {
  it.each([
    'int(data.v) % 2 == 0',
    'size(data.list) % 2 == 0',
    'data.list.size() % 2 == 1',
    'time.getHours("Asia/Shanghai") % 2 == 0',
    'attributes.subject == "x"',
    'attributes.traceparent.startsWith("00")',
    'data.anything.at.all > 3',
    'data.v',
    'data["v"] == null',
    'data.list[0] == "x"',
    'enrichment.sentiment.label == "negative"',
    'enrichment.sentiment == null',
    'enrichment.owner == null || enrichment.owner == "x"',
    'enrichment.issues.exists(i, i.label == "delivery" && i.confidence > 0.5)',
    'enrichment.issues.map(i, i.label).exists(l, l == "x")',
    'enrichment.quality.garbled == true',
    'enrichment.model.issues.name == "x"',
    'type == "cx.case.opened" && data.complaint',
    'time > timestamp("2026-01-01T00:00:00Z")',
    'time - timestamp("2026-01-01T00:00:00Z") > duration("1h")',
    'data.tags.exists(t, t.contains("x"))',
    'data.map.all(k, k != "")',
    '{"a": 1}.a == 1',
    '[1, "a"].exists(x, x == "a")',
    'cel.bind(x, data.v, x > 3)',
    'string(received) != ""',
    'data.s.split(",")[0] == "a"',
    '(data.a > 3 ? data.b : "x") == "x"',
    'type(data.v) == string',
  ])('%s', (source) => {
    expect(why(source)).toBeNull();
  });
});
