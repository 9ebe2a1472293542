/** The page behind the link of a notice in a real browser, as large as a phone: looked at, filled in, confirmed, remembered. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../../../dashboards/testing/wall-page.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { writeToken } from '../../app/hooks/answers/answer-token.ts';
import { HookAnswers } from '../../app/hooks/answers/hook-answers.ts';
import { answersHook, takenInMemory } from '../../app/hooks/answers/testing/answers.fixture.ts';
import { alertMessage } from '../../delivery/testing/delivery-rehearsal.ts';
import type { Command } from '../../gateway/gateway-ports.ts';
import { gatewayFixture, type Fixture } from '../../gateway/testing/gateway.fixture.ts';

const KEYS = ['a key of thirty-two bytes, or a few more'];
let browser: Browser;
let fixture: Fixture;
let commands: Command[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  commands = [];
  const answers = new HookAnswers({
    hooks: [answersHook({ id: 'oncall', language: 'zh-CN' })],
    keys: KEYS,
    taken: takenInMemory(),
    answered: () => null,
    replace: () => Promise.resolve(),
    maskName: (name) => name,
    command: (command) => {
      commands.push(command);
      return Promise.resolve('stored');
    },
    clock: systemClock,
    logger: recordingLogger(),
  });
  fixture = await gatewayFixture({}, { answers });
  const title = { 'zh-CN': '满意度过低', en: 'CSAT low' };
  const reason = '满意度：15 分钟内 68.4 %（n = 412）；value < 80 已持续 30 秒。';
  fixture.commit('cx.alerts.major.csat_low', alertMessage('A1', { title, reason_zh: reason, key: { channel: 'app' } }));
});
afterEach(() => fixture.gateway.close());

const link = (notice: string): string =>
  `${fixture.gateway.url}/a/${writeToken({ alerts: ['A1'], hook: 'oncall', notice, expires: Date.now() + 60_000 }, KEYS)}`;

it('fits a phone, works without scripts, asks for the name once, and leads to the alert on the board', async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, javaScriptEnabled: false });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  await page.goto(link('n1'));
  expect(await page.title()).toBe('认领告警');
  const button = page.getByRole('button', { name: '认领' });
  const box = await button.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect((box?.x ?? 999) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
  await button.click();
  expect(commands).toEqual([]); // the browser itself asks for the name first
  await page.getByLabel('您的姓名').fill('李雷');
  await button.click();
  await page.getByRole('status').filter({ hasText: '已认领' }).waitFor();
  expect(commands).toMatchObject([{ type: 'earshot.alert.acked', data: { alert: 'A1', by: '李雷', via: 'oncall' } }]);
  expect(await page.getByRole('link').getAttribute('href')).toBe('../#alert=A1');

  await page.goto(link('n2'));
  expect(await page.getByLabel('您的姓名').inputValue()).toBe('李雷');
  await button.click();
  await page.getByRole('status').filter({ hasText: '已认领' }).waitFor();
  expect(commands).toHaveLength(2);
  expect(faults).toEqual([]);
  await context.close();
});
