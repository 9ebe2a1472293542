import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { revokedSessions, REVOKED_BUCKET, type RevokedSessions } from './revoked-sessions.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const ending: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ending.splice(0)) await end();
});
function instance(): RevokedSessions & { readonly heard: readonly string[] } {
  const abort = new AbortController();
  const heard: string[] = [];
  const { signal } = abort;
  const { logger } = broker;
  const revoked = revokedSessions(broker.nc, { replicas: 1, logger, signal, onRevoked: (id) => heard.push(id) });
  ending.push(async () => {
    abort.abort(new Error('the test is over'));
    await revoked.done;
  });
  return { ...revoked, heard };
}
const within = { timeout: 20_000 };

it('every instance hears of what any revoked; one that starts later of all, a stranger’s words of nobody', async () => {
  const [a, b] = [instance(), instance()];
  a.note('AAAAAAAAAAAAAAAAAAAAAA');
  await expect.poll(() => [a.heard, b.heard], within).toEqual([['AAAAAAAAAAAAAAAAAAAAAA'], ['AAAAAAAAAAAAAAAAAAAAAA']]);
  broker.nc.publish(`$KV.${REVOKED_BUCKET}.no=session`, 'x');
  b.note('BBBBBBBBBBBBBBBBBBBBBB');
  const later = instance();
  const both = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBB'];
  await expect.poll(() => [a.heard, later.heard], within).toEqual([both, both]);
});

it('what is revoked while the broker is away is stored and heard once it is back', async () => {
  const [a, b] = [instance(), instance()];
  await expect.poll(() => b.heard.length, within).toBeGreaterThan(0);
  await broker.kill();
  a.note('CCCCCCCCCCCCCCCCCCCCCC');
  await expect.poll(() => b.heard.at(-1), { timeout: 60_000 }).toBe('CCCCCCCCCCCCCCCCCCCCCC');
}, 120_000);
