/** A store that does not answer for a while costs time, and no notice. */
import { expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { exposition } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { HookQueue } from '../../delivery/hook-queue.ts';
import type { Outcome } from '../../delivery/records.ts';
import { alertMessage, hookRules } from '../../delivery/testing/delivery-rehearsal.ts';
import { webhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { HookDelivery } from './hook-delivery.ts';
import { deliveryFamilies, hookStatus } from './hook-status.ts';
import { Hook } from './hook.ts';

it('a notice that could not be noted is sent once it is, and once', async () => {
  const receiver = await webhookReceiver();
  const settings = { url: receiver.url, secrets: [], body: 'alertmanager', template: null, contentType: '' };
  const group = { by: ['rule'], wait: 0 };
  const answers = { hasLinks: false, linkLife: 0, callback: null, hasSilences: false };
  const common = {
    language: 'en',
    repeat: null,
    brief: 'skip',
    ca: null,
    proxy: null,
    quiet: null,
    escalate: [],
    answers,
  } as const;
  const hook = new Hook(
    { id: 'h', kind: 'webhook', for: {}, unless: [], group, allow: ['127.0.0.1'], settings, ...common },
    { zone: 'UTC', calendars: new Map() },
  );
  let refusals = 3;
  const delivery = new HookDelivery({
    hooks: [hook],
    inhibitions: new Inhibitions([]),
    store: {
      save: () => (refusals-- > 0 ? Promise.reject(new Error('no responders')) : Promise.resolve()),
    },
    overlayOf: () => undefined,
    clock: { now: () => 1000 },
    logger: recordingLogger(),
    signal: new AbortController().signal,
    pause: () => Promise.resolve(),
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A'), 1, 1000, () => true);
  await delivery.step();
  await expect.poll(() => delivery.counts('h').delivered).toBe(1);
  expect(receiver.received).toHaveLength(1);
  hook.close();
  await receiver.close();
});

it('what is given up because it is too old counts as given up, what is tried again as tried again, each with its reason', async () => {
  let now = 0;
  const outcomes: Outcome[] = [
    { kind: 'refused', after: null, reason: 'server_error', hint: '503' },
    { kind: 'unknown', reason: 'timeout', hint: 'slow' },
  ];
  const queue = new HookQueue(hookRules({ id: 'h', readers: 'programs', expire: 60_000 }));
  const delivery = new HookDelivery({
    hooks: [
      {
        config: { id: 'h', kind: 'webhook' },
        queue,
        send: (notice) =>
          Promise.resolve(notice.alerts[0]?.alert === 'B' ? { kind: 'delivered' } : must(outcomes.shift())),
      },
    ],
    inhibitions: new Inhibitions([]),
    store: { save: () => Promise.resolve() },
    overlayOf: () => undefined,
    clock: { now: () => now },
    logger: recordingLogger(),
    signal: new AbortController().signal,
    pause: () => Promise.resolve(),
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A'), 1, 0, () => true);
  await delivery.step();
  await expect.poll(() => delivery.counts('h').retried).toBe(1);
  now = 60_000;
  await delivery.step();
  await expect.poll(() => delivery.counts('h').givenUp).toBe(1);
  expect(queue.failed).toHaveLength(1);
  delivery.changed(alertMessage('B'), 2, 59_800, () => true);
  await delivery.step();
  await expect.poll(() => delivery.counts('h').delivered).toBe(1);
  expect(hookStatus([{ id: 'h', kind: 'webhook' }], delivery)).toMatchObject([{ delivered: 1, retried: 1, failed: 1 }]);
  const text = exposition(deliveryFamilies(delivery));
  expect(text).toContain('earshot_hook_failures_total{hook="h",kind="webhook",reason="server_error"} 1');
  expect(text).toContain('earshot_hook_failures_total{hook="h",kind="webhook",reason="timeout"} 1');
  expect(text).toContain('earshot_hook_accepted_seconds_bucket{hook="h",kind="webhook",reason="first",le="0.1"} 0');
  expect(text).toContain('earshot_hook_accepted_seconds_bucket{hook="h",kind="webhook",reason="first",le="0.25"} 1');
});
