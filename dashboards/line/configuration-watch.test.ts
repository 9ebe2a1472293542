import { expect, it } from 'vitest';
import { AGAIN_MS, ConfigurationWatch, SPREAD_MS } from './configuration-watch.ts';

function watching(shown: string | null, answers: (string | null)[]) {
  const seen = { asked: 0, changed: 0, waits: [] as number[] };
  const timers: (() => void)[] = [];
  const watch = new ConfigurationWatch(shown, {
    ask: () => {
      seen.asked += 1;
      return Promise.resolve(answers.shift() ?? null);
    },
    onChanged: () => (seen.changed += 1),
    after: (ms, run) => {
      seen.waits.push(ms);
      timers.push(run);
    },
    random: () => 0.5,
  });
  const pass = async (): Promise<void> => {
    timers.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { watch, seen, pass };
}

it('asks once for what was reloaded, after a moment of its own, and says that it has changed', async () => {
  const { watch, seen, pass } = watching('a', ['b']);
  for (const mark of ['a', null, 'b', 'b', 'b']) watch.heard(mark);
  expect(seen).toEqual({ asked: 0, changed: 0, waits: [SPREAD_MS / 2] });
  await pass();
  watch.heard('b');
  expect(seen).toEqual({ asked: 1, changed: 1, waits: [SPREAD_MS / 2] });
});

it.each([
  ['does not answer', null],
  ['describes what is shown, as another gateway behind the same address does', 'a'],
])('asks again only after a while where the gateway %s', async (_, answer) => {
  const { watch, seen, pass } = watching('a', [answer, 'b']);
  watch.heard('b');
  await pass();
  watch.heard('b');
  expect(seen).toEqual({ asked: 1, changed: 0, waits: [SPREAD_MS / 2, AGAIN_MS] });
  await pass();
  watch.heard('b');
  await pass();
  expect([seen.asked, seen.changed]).toEqual([2, 1]);
});

it('has nothing to ask of a gateway of before, which marks nothing', () => {
  const { watch, seen } = watching(null, []);
  watch.heard(null);
  expect(seen.waits).toEqual([]);
});
