import { expect, it } from 'vitest';
import { END_OF_TIME, START_OF_TIME } from '../core/types.ts';
import { progressOf } from './engine-progress.ts';

it('is the slowest partition’s watermark, the greatest lag and the youngest report', () => {
  const behind = { watermark: 1_000, lagMs: 12.6, at: 5_000 };
  const ahead = { watermark: 9_000, lagMs: 3, at: 5_400 };
  expect(progressOf([ahead, behind], 6_000)).toEqual({
    watermark: '1970-01-01T00:00:01.000Z',
    lagMs: 13,
    ageMs: 600,
  });
});

it('knows nothing before the first report, and no watermark before the first event or after the last', () => {
  expect(progressOf([], 6_000)).toEqual({ watermark: null, lagMs: 0, ageMs: null });
  for (const watermark of [START_OF_TIME, END_OF_TIME]) {
    expect(progressOf([{ watermark, lagMs: 0, at: 6_000 }], 6_000)).toEqual({ watermark: null, lagMs: 0, ageMs: 0 });
  }
});
