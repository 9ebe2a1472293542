import { describe, expect, it } from 'vitest';
import { FileClock, LOOK_AHEAD, type FileEntry } from './file-clock.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DECADES = 2_000_000_000_000;

/** `<source> <ts> [<recorded>] [#<key>]` */
function entriesOf(lines: readonly string[]): readonly FileEntry[] {
  return lines.map((line, i) => {
    const [source = '', ts = '', recorded, key = '-'] = line.split(' ');
    const isRecorded = recorded !== undefined && recorded !== '.';
    return { id: `${source}|${i}`, ts: Number(ts), recorded: isRecorded ? Number(recorded) : undefined, key };
  });
}

function arrivalsOf(lines: readonly string[], refusedAheadMs = HOUR): readonly (number | string)[] {
  const entries = entriesOf(lines);
  const clock = new FileClock({ outOfOrdernessMs: 2 * SECOND, refusedAheadMs });
  return entries.map((_, i) => {
    const { arrived, refusedBy } = clock.arrival(entries, i);
    return refusedBy === undefined ? arrived : `refused by ${refusedBy}`;
  });
}

describe('arrivals in a file', () => {
  it('are the highest time so far where events come in their order, a little mixed', () => {
    expect(arrivalsOf(['a 1000', 'b 2500', 'a 2000', 'c 4000'])).toEqual([1000, 2500, 2500, 4000]);
  });

  it('follow a gap at once, and whoever is late after it', () => {
    const next = 9 * HOUR;
    expect(arrivalsOf(['a 0', 'b 1000', `a ${next}`, 'c 900', `b ${next + 3000}`, `a ${next + 4000}`])).toEqual([
      ...[0, 1000, next, next, next + 3000, next + 4000],
    ]);
    expect(arrivalsOf(['a 0', 'b 1000', `a ${next}`, `b ${next + 3000}`])).toEqual([0, 1000, next, next + 3000]);
  });

  it('follow a gap in a file of one source at once, to the end', () => {
    expect(arrivalsOf(['a 0', `a ${HOUR}`, `a ${2 * HOUR}`, `a ${3 * HOUR}`])).toEqual([0, HOUR, 2 * HOUR, 3 * HOUR]);
  });

  it('do not follow one source that the others do not follow, however often it speaks', () => {
    const ahead = 240 * SECOND;
    const lines = [
      'a 0',
      `x ${ahead}`,
      `x ${ahead + 1000}`,
      `x ${ahead + 2000}`,
      'b 1000',
      `x ${ahead}`,
      'a 2000',
      'b 3000',
    ];
    expect(arrivalsOf(lines)).toEqual([0, 1000, 1000, 1000, 1000, 2000, 2000, 3000]);
  });

  it('do not follow one customer of a single source, or one event, that the rest does not follow', () => {
    const ahead = 240 * SECOND;
    expect(arrivalsOf(['a 0 . k', `a ${ahead} . x`, `a ${ahead} . x`, 'a 1000 . k', 'a 2000 . l'])).toEqual([
      ...[0, 1000, 1000, 1000, 2000],
    ]);
    expect(arrivalsOf(['a 0', `a ${ahead}`, 'a 1000', 'a 2000'])).toEqual([0, 1000, 1000, 2000]);
  });

  it('do not follow a sparse source that is ahead, although time comes there within what is read ahead', () => {
    const minute = 60 * SECOND;
    const lines = ['a 0', `x ${4 * minute}`, ...Array.from({ length: 8 }, (_, i) => `a ${(i + 1) * minute}`)];
    expect(arrivalsOf(lines).slice(0, 3)).toEqual([0, minute, minute]);
  });

  it('begin with those that most events agree on', () => {
    expect(arrivalsOf([`x ${DECADES}`, 'a 0', 'b 1000', 'a 2000'])).toEqual([`refused by ${DECADES}`, 0, 1000, 2000]);
  });

  it('refuse what lies further ahead than is allowed, where several others contradict it', () => {
    expect(arrivalsOf(['a 0', `x ${DECADES}`, 'a 1000', 'a 2000'])).toEqual([
      ...[0, `refused by ${DECADES - 1000}`, 1000, 2000],
    ]);
    expect(arrivalsOf(['a 0', `a ${DECADES}`, 'a 1000', 'a 2000'])).toEqual([
      ...[0, `refused by ${DECADES - 1000}`, 1000, 2000],
    ]);
    expect(arrivalsOf(['a 0', `x ${HOUR + 1000}`, 'a 1000', 'b 2000'])).toEqual([0, 1000, 1000, 2000]);
  });

  it('refuse nothing that one straggler after a gap contradicts, and nothing of a file that has the newest first', () => {
    const next = 9 * HOUR;
    expect(arrivalsOf(['a 0', `a ${next}`, 'b 500', `c ${next}`, `d ${next}`])).toEqual([0, next, next, next, next]);
    const newestFirst = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((hour) => `a ${hour * HOUR}`);
    expect(arrivalsOf(newestFirst).filter((one) => typeof one === 'string').length).toBeLessThanOrEqual(1);
  });

  it('are the recorded ones where events carry them', () => {
    expect(arrivalsOf(['a 5000 1000', 'b 1200 1500', 'a 5500 1600', 'b 300 2000'])).toEqual([1000, 1500, 1600, 2000]);
  });

  it('do not follow a recorded one that nobody else follows either', () => {
    expect(arrivalsOf(['a 0 0', `x ${DECADES} ${DECADES}`, 'a 1000 1000', 'b 2000 2000'])).toEqual([
      ...[0, `refused by ${DECADES - 1000}`, 1000, 2000],
    ]);
  });

  it('tell sources apart that hold a separator', () => {
    const entries = ['a\\|b|1', 'a\\|b|2', 'a\\\\|b|1'].map((id, i) => ({
      id,
      ts: i === 0 ? 0 : 9000,
      key: '-',
      recorded: undefined,
    }));
    const clock = new FileClock({ outOfOrdernessMs: 0, refusedAheadMs: 1 });
    // The second is followed by another source, the third by nobody.
    expect(entries.map((_, i) => clock.arrival(entries, i).arrived)).toEqual([0, 9000, 9000]);
  });

  it('are found with few looks ahead', () => {
    expect(LOOK_AHEAD).toBeLessThanOrEqual(1024);
  });
});
