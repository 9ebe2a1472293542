/** What a frame may write to the page: nothing where nothing that is seen has changed, and little where numbers tick. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { csatAlert, valuesAt } from '../testing/scenario.ts';
import { WallPage } from '../testing/wall-page.ts';

const wall = new WallPage();
let page: Page;
beforeAll(() => wall.launch());
afterAll(() => wall.shut());
beforeEach(() => wall.begin());
afterEach(async () => {
  await wall.end();
  expect(wall.faults).toEqual([]);
});

/** One drawing: which elements it wrote to, by class, and how often. */
type Drawing = Readonly<Record<string, number>>;

/** From now on: whatever is written between two frames of the browser is one drawing. */
async function watchWrites(): Promise<void> {
  await page.evaluate(() => {
    const drawings: Record<string, number>[] = [];
    Object.assign(globalThis, { drawings });
    new MutationObserver((changes) => {
      const drawing: Record<string, number> = {};
      for (const { target } of changes) {
        const node = target instanceof Element ? target : target.parentElement;
        const name = node?.getAttribute('class') ?? node?.nodeName ?? 'gone';
        drawing[name] = (drawing[name] ?? 0) + 1;
      }
      drawings.push(drawing);
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}
const drawings = (): Promise<readonly Drawing[]> =>
  page.evaluate(() => (globalThis as unknown as { drawings: readonly Drawing[] }).drawings);
const clocks = (all: readonly Drawing[]): number => all.filter((drawing) => 'clock' in drawing).length;
const writes = (drawing: Drawing): number => Object.values(drawing).reduce((sum, n) => sum + n, 0);

/** Frames as fast as they come, until the clock on the wall has gone on so often. */
async function pushUntil(seconds: number, push: () => void): Promise<number> {
  let pushed = 0;
  await wall.within(30_000, async () => {
    push();
    pushed += 1;
    return clocks(await drawings()) >= seconds;
  });
  return pushed;
}

test('frames that say what is known already write nothing but the clock', async () => {
  page = await wall.open();
  await page.waitForSelector('[data-kpi="csat"] .change:visible'); // history came
  const same = valuesAt(Date.now(), null);
  await watchWrites();
  await pushUntil(2, () => wall.gateway.push(same)); // all of it stands there
  const before = (await drawings()).length;
  const pushed = await pushUntil(5, () => wall.gateway.push(same));
  expect(pushed).toBeGreaterThan(5);
  const shown = (await drawings()).slice(before);
  const beside = shown.flatMap((drawing) => Object.keys(drawing)).filter((name) => name !== 'clock');
  // Events a second come once in a while of their own.
  expect(beside.filter((name) => !name.startsWith('rate'))).toEqual([]);
});

test.each([false, true])('numbers that tick are drawn once a second, an incident: %s', async (isIncident) => {
  page = await wall.open();
  await page.waitForSelector('[data-kpi="csat"] .change:visible');
  if (isIncident) {
    wall.gateway.push([], [csatAlert(Date.now())]);
    await page.waitForSelector('.alert .course:visible');
    await page.waitForSelector('.alert[data-pulse="false"][data-lit="false"]');
  }
  await watchWrites();
  let n = 0;
  const pushed = await pushUntil(4, () => {
    n += 1;
    const values = valuesAt(Date.now(), null).map((value) => ({ ...value, value: (value.value ?? 0) + (n % 7) / 10 })); // all have one
    wall.gateway.push(values);
  });
  const shown = await drawings();
  const ofTiles = shown.filter((drawing) => 'digits' in drawing);
  expect(pushed).toBeGreaterThan(ofTiles.length);
  expect(ofTiles.length).toBeGreaterThan(0);
  expect(ofTiles.length).toBeLessThanOrEqual(clocks(shown) + 1);
  expect(shown.length).toBeLessThanOrEqual(2 * clocks(shown) + 3);
  // Six tiles with some twelve parts each that may change, and what stands around them.
  expect(shown.filter((drawing) => writes(drawing) > 150)).toEqual([]);
});
