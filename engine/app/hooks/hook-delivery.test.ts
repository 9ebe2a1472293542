/** A store that does not answer for a while costs time, and no notice. */
import { expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { SavedMessages } from '../../adapters/hooks/saved-messages.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { exposition } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { HookQueue } from '../../delivery/hook-queue.ts';
import type { AlertRecord, Outcome, PendingNotice } from '../../delivery/records.ts';
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

it('the first change after a calm is told at once; in a storm steps rest between each other, and what comes meanwhile is one save', async () => {
  let now = 10_000_000;
  let saves = 0;
  const rests: { readonly ms: number; readonly end: () => void }[] = [];
  const sent: string[] = [];
  const queue = new HookQueue(hookRules({ id: 'h', readers: 'programs', rates: [] }));
  const send = (notice: PendingNotice): Promise<Outcome> => {
    sent.push(must(notice.alerts[0]).alert);
    return new Promise(() => undefined);
  };
  const delivery = new HookDelivery({
    hooks: [{ config: { id: 'h', kind: 'webhook' }, queue, send }],
    inhibitions: new Inhibitions([]),
    store: {
      save: () => {
        saves++;
        return Promise.resolve();
      },
    },
    overlayOf: () => undefined,
    clock: { now: () => now },
    logger: recordingLogger(),
    signal: new AbortController().signal,
    pause: (ms) => new Promise((end) => rests.push({ ms, end })),
    rest: 40,
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A0'), 1, now, () => true);
  await delivery.step();
  expect([sent, saves, rests.length]).toEqual([['A0'], 1, 0]);
  now += 10;
  const steps = Array.from({ length: 20 }, (_, i) => {
    delivery.changed(alertMessage(`A${i + 1}`), i + 2, now, () => true);
    return delivery.step();
  });
  await expect.poll(() => rests.map(({ ms }) => ms)).toEqual([30]);
  expect(saves).toBe(1);
  now += 30;
  must(rests[0]).end();
  await Promise.all(steps);
  expect([sent.length, saves]).toEqual([21, 2]);
  now -= 3_600_000; // the clock was set back: nobody waits an hour
  delivery.changed(alertMessage('B'), 99, now, () => true);
  await delivery.step();
  expect(sent.at(-1)).toBe('B');
});

it('the notices of a step leave eight at a time with a breath between, what is urgent first and each hook in turn; after the end none does', async () => {
  const ending = new AbortController();
  const breaths: { readonly ms: number; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const sent: string[] = [];
  const hookOf = (id: string) => ({
    config: { id, kind: 'webhook' },
    queue: new HookQueue(hookRules({ id, readers: 'programs', rates: [] })),
    send: (notice: PendingNotice): Promise<Outcome> => {
      sent.push(`${id} ${must(notice.alerts[0]).alert}`);
      return new Promise(() => undefined);
    },
  });
  const hooks = [hookOf('a'), hookOf('b')];
  const delivery = new HookDelivery({
    hooks,
    inhibitions: new Inhibitions([]),
    store: { save: () => Promise.resolve() },
    overlayOf: () => undefined,
    clock: { now: () => 1000 },
    logger: recordingLogger(),
    signal: ending.signal,
    pause: (ms) => new Promise((end, fail) => breaths.push({ ms, end, fail })),
    breath: 10,
    onTaken: () => undefined,
  });
  const severityOf = (i: number): 'critical' | 'major' => (i === 8 ? 'critical' : 'major');
  for (let i = 0; i < 9; i++) {
    const message = alertMessage(`A${i}`, { severity: severityOf(i) });
    delivery.changed(message, i + 1, 1000, (id) => id === 'b' || i < 5);
  }
  const step = delivery.step();
  await expect.poll(() => breaths.length).toBe(1);
  expect(sent).toEqual(['b A8', 'a A0', 'a A1', 'b A0', 'a A2', 'b A1', 'a A3', 'b A2']);
  expect(breaths.map(({ ms }) => ms)).toEqual([10]);
  ending.abort(new Error('ended'));
  must(breaths[0]).fail(new Error('ended'));
  await expect(step).rejects.toThrow('ended');
  expect(sent).toHaveLength(8);
});

it('at the end of the engine what is under way has a moment, and what became of it is noted; nothing new begins', async () => {
  const ending = new AbortController();
  const ends: (() => void)[] = [];
  const stored = new Map<string, string>();
  const messages = new SavedMessages();
  const queue = new HookQueue(hookRules({ id: 'h', readers: 'programs', rates: [] }));
  const delivery = new HookDelivery({
    hooks: [
      {
        config: { id: 'h', kind: 'webhook' },
        queue,
        send: () => new Promise((resolve) => ends.push(() => resolve({ kind: 'delivered' }))),
      },
    ],
    inhibitions: new Inhibitions([]),
    store: {
      save: (changes, position) => {
        const { lines, commit } = messages.plan(changes, position);
        for (const { key, value } of lines) stored.set(key, String(value));
        commit();
        return Promise.resolve();
      },
    },
    overlayOf: () => undefined,
    clock: { now: () => 1000 },
    logger: recordingLogger(),
    signal: ending.signal,
    pause: () => new Promise(() => undefined),
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A'), 1, 1000, () => true);
  await delivery.step();
  expect(ends).toHaveLength(1);
  ending.abort(new Error('stopping'));
  delivery.changed(alertMessage('B'), 2, 1000, () => true);
  await expect(delivery.step()).rejects.toThrow('stopping');
  const finished = delivery.finish();
  must(ends[0])();
  await finished;
  expect(ends).toHaveLength(1);
  expect(stored.get('alert.h.A')).toContain('"told":"firing"');
  expect(stored.get('alert.h.B')).toContain('"told":"never"');
  expect([...stored].filter(([key, value]) => key.startsWith('notice.') && value !== 'null')).toEqual([]);
  expect(stored.get('position')).toContain('"seq":2');
});

it('what was marked and could not be noted before the end is not noted after it: what is stored is whole', async () => {
  const ending = new AbortController();
  let saves = 0;
  const delivery = new HookDelivery({
    hooks: [
      {
        config: { id: 'h', kind: 'webhook' },
        queue: new HookQueue(hookRules({ id: 'h', readers: 'programs' })),
        send: () => Promise.reject(new Error('nothing is sent')),
      },
    ],
    inhibitions: new Inhibitions([]),
    store: {
      save: () => {
        saves++;
        return Promise.reject(new Error('no responders'));
      },
    },
    overlayOf: () => undefined,
    clock: { now: () => 1000 },
    logger: recordingLogger(),
    signal: ending.signal,
    pause: () => {
      ending.abort(new Error('stopping'));
      return Promise.reject(new Error('stopping'));
    },
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A'), 1, 1000, () => true);
  await expect(delivery.step()).rejects.toThrow('stopping');
  await delivery.finish();
  expect(saves).toBe(1);
});

it('Telegram: the message that first told an alert is answered and edited when it changes, over a restart; not where it told several', async () => {
  const receiver = await webhookReceiver();
  receiver.answers(200, {}, JSON.stringify({ ok: true, result: { message_id: 41 } }));
  const answers = { hasLinks: false, linkLife: 0, callback: null, hasSilences: false };
  const common = { ca: null, proxy: null, quiet: null, repeat: null, escalate: [], brief: 'skip', answers } as const;
  const open = (): Hook =>
    new Hook(
      {
        ...{ id: 'h', kind: 'telegram', for: {}, unless: [], group: { by: ['rule'], wait: 0 }, allow: ['127.0.0.1'] },
        ...{ ...common, language: 'en', settings: { token: 'T', chat: '-1', url: receiver.url } },
      },
      { zone: 'UTC', calendars: new Map() },
    );
  let [now, seq] = [1000, 0];
  const stored = new Map<string, string>();
  const tell = async (hook: Hook, ...changes: readonly ReturnType<typeof alertMessage>[]): Promise<void> => {
    now += 60_000;
    for (const message of changes) hook.queue.changed(message, ++seq, now);
    for (const notice of hook.queue.due(now, { isMuted: () => false, version: 0 })) {
      hook.queue.ended(notice.id, await hook.send(notice, now), now);
    }
    for (const [id, record] of hook.queue.takeChanged().alerts) stored.set(id, JSON.stringify(record));
  };
  const calls = (): readonly unknown[] =>
    receiver.received.map(({ path, body }) => {
      const { message_id: edits, reply_parameters: reply } = JSON.parse(body) as Record<string, unknown>;
      return [path, edits ?? (reply as { readonly message_id: number } | undefined)?.message_id];
    });
  const first = open();
  await tell(first, alertMessage('A'));
  await tell(first, alertMessage('B'), alertMessage('C'));
  expect(calls()).toEqual([
    ['/botT/sendMessage', undefined],
    ['/botT/sendMessage', undefined],
  ]);
  first.close();
  const second = open();
  const alerts = [...stored.values()].map((text) => JSON.parse(text) as AlertRecord);
  second.queue.restore({ alerts, pending: [] });
  await tell(second, alertMessage('B', { state: 'resolved' }));
  await tell(second, alertMessage('A', { state: 'resolved' }));
  await expect.poll(() => receiver.received.length).toBe(5);
  expect(calls().slice(2)).toEqual([
    ['/botT/sendMessage', undefined],
    ['/botT/sendMessage', 41],
    ['/botT/editMessageText', 41],
  ]);
  second.close();
  await receiver.close();
});
