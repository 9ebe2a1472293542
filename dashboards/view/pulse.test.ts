import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pulse } from './pulse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of an element as a pulse asks for. */
function node() {
  const attributes = new Map<string, string>();
  const lit: string[] = [];
  const element = {
    isConnected: true,
    getAttribute: (name: string) => attributes.get(name) ?? null,
    setAttribute: (name: string, value: string) => {
      attributes.set(name, value);
      if (name === 'data-lit') lit.push(value);
    },
  };
  return { lit, element, show: pulse(element as unknown as HTMLElement) };
}

test('one a second for as long as the alert is fresh, however often it is drawn; then dark', () => {
  const { lit, show } = node();
  for (let ms = 0; ms < 5000; ms += 250) {
    show(true);
    vi.advanceTimersByTime(250);
  }
  show(false);
  vi.advanceTimersByTime(5000);
  expect(lit.filter((one) => one === 'true')).toHaveLength(6); // the sixth is cut short
  expect(lit.at(-1)).toBe('false');
  expect(vi.getTimerCount()).toBe(0);
});

test('an alert that was so before does not pulse, and one that has left the page goes on with nothing', () => {
  const known = node();
  known.show(false);
  expect([known.lit, vi.getTimerCount()]).toEqual([[], 0]);
  const gone = node();
  gone.show(true);
  gone.element.isConnected = false;
  vi.advanceTimersByTime(1000);
  expect([gone.lit, vi.getTimerCount()]).toEqual([['true', 'false'], 0]);
});
