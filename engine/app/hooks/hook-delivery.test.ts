/** A store that does not answer for a while costs time, and no notice. */
import { expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { alertMessage } from '../../delivery/testing/delivery-rehearsal.ts';
import { webhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { HookDelivery } from './hook-delivery.ts';
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
    { id: 'h', kind: 'webhook', for: {}, group, allow: ['127.0.0.1'], settings, ...common },
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
