/** Event time in expressions: an instant, with its parts in any zone, the same on every machine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileByLibrary, compileExpression } from './cel.ts';

const SUNDAY_NIGHT = Date.parse('2026-03-01T17:30:15.250Z'); // Monday, 2 March, 1:30 in Shanghai

describe('time', () => {
  it.each<[string, unknown]>([
    ['time.getHours()', 17],
    ['time.getHours("Asia/Shanghai")', 1],
    ['time.getHours("Asia/Shanghai") >= 22 || time.getHours("Asia/Shanghai") < 8', true],
    ['time.getDayOfWeek("Asia/Shanghai")', 1],
    ['time.getDayOfWeek()', 0],
    ['time.getDayOfWeek("America/New_York") in [0, 6]', true],
    ['time.getMinutes("Asia/Kolkata")', 0],
    ['time.getSeconds()', 15],
    ['time.getMilliseconds("Asia/Shanghai")', 250],
    ['time.getFullYear("Asia/Shanghai")', 2026],
    ['time.getMonth("Asia/Shanghai")', 2],
    ['time.getDate("Asia/Shanghai")', 2],
    ['time.getDayOfMonth("Asia/Shanghai")', 1],
    ['time.getDayOfYear()', 59],
    ['time.getDayOfYear("Asia/Shanghai")', 60],
    ['time.getHours("+05:30")', 23],
    ['time > timestamp("2026-03-01T00:00:00Z")', true],
    ['time - duration("2h") < timestamp("2026-03-01T16:00:00Z")', true],
    ['(time - timestamp("2026-03-01T17:30:00Z")).getSeconds()', 15],
    ['(time + duration("1h")).getHours("Asia/Shanghai")', 2],
    ['type == "cx.case.opened" && time.getHours() == 17', true],
    ['time.getHours("Asia/Shanghai") * 60 + time.getMinutes("Asia/Shanghai")', 90],
  ])('%s is %j', (source, expected) => {
    const event = { time: SUNDAY_NIGHT, type: 'cx.case.opened' };
    expect(compileExpression(source)(event)).toEqual(expected);
    expect(compileByLibrary(source)(event)).toEqual(expected);
  });
  it('has no value where there is none', () => {
    expect(compileExpression('time.getHours("UTC") == 1')({})).toBeUndefined();
    expect(compileByLibrary('time.getHours("UTC") == 1')({})).toBeUndefined();
  });
  it('refuses a zone that there is not', () => {
    expect(() => compileExpression('time.getHours("Asia/Peking") == 1')).toThrow('"Asia/Peking" is not a time zone');
    expect(compileExpression('time.getHours(data.zone) == 17')({ time: SUNDAY_NIGHT, data: { zone: 'X' } })).toBe(
      undefined,
    );
    expect(compileExpression('time.getHours(data.zone) == 17')({ time: SUNDAY_NIGHT, data: { zone: 'UTC' } })).toBe(
      true,
    );
  });
  it('agrees with the zone rules of the runtime at any instant, in any order', () => {
    const zones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Sao_Paulo'];
    for (const zone of zones) {
      const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
      const hours = compileExpression(`time.getHours("${zone}")`);
      const minutes = compileExpression(`time.getMinutes("${zone}")`);
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2037, 0) }), (time) => {
          const [hour, minute] = format.format(time).split(':').map(Number);
          expect([hours({ time }), minutes({ time })]).toEqual([hour, minute]);
        }),
        { numRuns: 200 },
      );
    }
  });
});

describe('type', () => {
  it.each<[string, unknown]>([
    ['type == "cx.case.opened"', true],
    ['dyn(type) == "cx.case.opened"', true],
    ['type in ["cx.case.opened", "cx.case.closed"]', true],
    ['type.startsWith("cx.case.")', true],
    ['type.matches("^cx\\\\.case")', true],
    ['size(type)', 14],
    ['["a", "b"].exists(type, type == "b")', true],
    ['["a"].map(x, x + type)', ['acx.case.opened']],
    ['type(type) == string', true],
    ['cel.bind(type, "x", type == "x")', true],
    ['has(data.type) ? data.type : type', 'cx.case.opened'],
  ])('%s is %j', (source, expected) => {
    const event = { type: 'cx.case.opened', data: {} };
    expect(compileExpression(source)(event)).toEqual(expected);
    expect(compileByLibrary(source)(event)).toEqual(expected);
  });
});
