import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ResponseBudget } from './response-budget.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const body = (bytes: number): Uint8Array => new Uint8Array(bytes);
const budget = (): ResponseBudget =>
  new ResponseBudget({ maxBytes: 1_000, smallBytes: 100, takenWithinMs: 60_000, takenBeyondBudgetMs: 1_000 });

describe('the budget of answers', () => {
  it('takes what fits, refuses what is beyond, has its budget back for what was taken', () => {
    const answers = budget();
    const first = answers.open(body(600), vi.fn());
    expect(answers.open(body(401), vi.fn())).toBeUndefined();
    expect(answers.queue()).toEqual({ queue: 'http_answer_bytes', depth: 600, limit: 1_000, refused: 1 });
    expect(answers.open(body(400), vi.fn())).toBeDefined();
    first?.release('taken');
    first?.release('given up');
    expect([answers.bytes, answers.untaken]).toEqual([400, 0]);
    expect(answers.open(body(600), vi.fn())).toBeDefined();
  });

  it('gives one that is larger than all of it the budget alone', () => {
    const answers = budget();
    const held = answers.open(body(5_000), vi.fn());
    expect(held).toBeDefined();
    expect(answers.open(body(5_000), vi.fn())).toBeUndefined();
    held?.release('given up');
    expect([answers.bytes, answers.untaken]).toEqual([0, 1]);
  });

  it('counts a body once, until the last of those who wait for it has it', () => {
    const answers = budget();
    const shared = body(900);
    const [a, b] = [answers.open(shared, vi.fn()), answers.open(shared, vi.fn())];
    expect(answers.bytes).toBe(900);
    a?.release('taken');
    expect(answers.bytes).toBe(900);
    b?.release('taken');
    expect(answers.bytes).toBe(0);
  });

  it('cuts off who does not take it in time; nobody who took it', () => {
    const answers = budget();
    const [slow, quick] = [vi.fn(), vi.fn()];
    answers.open(body(500), slow);
    answers.open(body(500), quick)?.release('taken');
    vi.advanceTimersByTime(59_999);
    expect(slow).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(slow).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(quick).not.toHaveBeenCalled();
  });

  it('lets small ones out when it is full, for a second', () => {
    const answers = budget();
    answers.open(body(1_000), vi.fn());
    const cut = vi.fn();
    const probe = answers.open(body(100), cut);
    expect(probe).toBeDefined();
    vi.advanceTimersByTime(999);
    expect(cut).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(cut).toHaveBeenCalledTimes(1);
    expect(answers.open(body(101), vi.fn())).toBeUndefined();
  });
});
