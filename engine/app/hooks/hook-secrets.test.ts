/** 49: hooks of every kind whose receivers refuse, echo what they were sent, or are not there: nothing that is kept or said holds a secret. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { linesOf } from '../../adapters/hooks/saved-lines.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { exposition } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { alertMessage } from '../../delivery/testing/delivery-rehearsal.ts';
import { DESTINATIONS } from '../../../operators/destinations/destinations.ts';
import { SETTINGS } from '../../../operators/destinations/testing/specimen-settings.ts';
import { parseConfig, type Config } from '../config/config.ts';
import { HookDelivery } from './hook-delivery.ts';
import { deliveryFamilies, failureOf, hookFamilies, hookStatus } from './hook-status.ts';
import { Hook } from './hook.ts';

const SECRETS = [...JSON.stringify(SETTINGS).matchAll(/[A-Z0-9]*SECRET/g)].map(([secret]) => secret);

/** Each kind with its secrets, at a receiver on loopback: the path and query of its address stay as they are. */
function configured(port: number): Config['hooks'] {
  const hooks = DESTINATIONS.map(({ kind }) => {
    const { url, ...settings } = must(SETTINGS[kind]);
    const rest = typeof url === 'string' ? new URL(url).pathname + new URL(url).search : '/';
    const address = kind === 'email' ? { smtp: `smtp://user:MAILSECRET@127.0.0.1:9` } : {};
    const web = kind === 'email' ? address : { url: `http://127.0.0.1:${port}${rest}` };
    return { id: kind, kind, ...settings, ...web, allow: ['127.0.0.1'] };
  });
  const parsed = parseConfig({ hooks }, compileExpression);
  return must('config' in parsed ? parsed.config.hooks : null, JSON.stringify(parsed));
}

it.each([
  ['a receiver that answers 400 and echoes the request', 400],
  ['a receiver that answers 200 with what no tool says', 200],
  ['a receiver that answers 503', 503],
  ['a receiver that keeps silent until the time is over', 'hang'],
  ['nobody there', null],
])('49: %s: no secret in logs, metrics, status, failures or what is stored', async (_, status) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (status === 'hang') return;
      const echo = `${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString()}`;
      response.writeHead(Number(status ?? 500)).end(echo);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (status === null) await new Promise((resolve) => server.close(resolve));
  const attemptMs = status === 'hang' ? 500 : 60_000;
  const logger = recordingLogger();
  const stored: string[] = [];
  const hooks = configured(port).map((config) => new Hook(config, { zone: 'UTC', calendars: new Map(), attemptMs }));
  const delivery = new HookDelivery({
    hooks,
    inhibitions: new Inhibitions([]),
    store: {
      save: (changes, position) => {
        stored.push(JSON.stringify(linesOf(changes, position)));
        return Promise.resolve();
      },
    },
    overlayOf: () => undefined,
    clock: { now: () => 1000 },
    logger,
    signal: new AbortController().signal,
    pause: () => Promise.resolve(),
    onTaken: () => undefined,
  });
  delivery.changed(alertMessage('A'), 1, 1000, () => true);
  await delivery.step();
  await expect
    .poll(
      () =>
        hooks.every(
          ({ config: { id } }) =>
            [...delivery.counts(id).failures.values()].length > 0 || delivery.counts(id).delivered > 0,
        ),
      { timeout: 300_000 },
    )
    .toBe(true);
  const statuses = hookStatus(
    hooks.map(({ config }) => config),
    delivery,
  );
  const metrics = exposition([...hookFamilies(statuses), ...deliveryFamilies(delivery)]);
  const failed = hooks.flatMap(({ queue }) => [...queue.failed.map(failureOf), queue.trouble]);
  const said = JSON.stringify([logger.lines, statuses, metrics, failed, stored]);
  expect(SECRETS.length).toBeGreaterThan(8);
  const secrets = [...SECRETS, 'MAILSECRET', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'SECdemo0123456789'];
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  expect(logger.lines.length).toBeGreaterThan(5);
  // Which hook it is stands there, and the host where that is what failed.
  for (const { fields } of logger.lines) expect(hooks.map(({ config }) => config.id)).toContain(fields['hook']);
  if (typeof status !== 'number') {
    const hints = logger.lines.map(({ fields }) => String(fields['hint']));
    expect(hints.filter((hint) => hint.includes('127.0.0.1')).length).toBe(hints.length);
  }
  for (const hook of hooks) hook.close();
  if (status === null) return;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
