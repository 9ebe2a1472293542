/** What the configuration makes of where messages out say they come from, over a real nats-server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { type BrokerFixture, recordingLogger, startBroker } from '../../adapters/testing/broker.fixture.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import { parseConfig } from '../config/config.ts';
import { messageOrigin } from './message-origin.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

async function originOf(text: string): Promise<MessageOrigin> {
  const parsed = parseConfig(parse(text), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return messageOrigin(parsed.config, broker.nc, broker.jsm, { logger: recordingLogger() });
}

it('an installation that nobody named has a name that is kept with the store, and schemas by name', async () => {
  const origin = await originOf('http: {port: 0}');
  expect(origin.source).toMatch(/^urn:earshot:[0-9a-f]{24}$/);
  expect(origin.publicUrl).toBeNull();
  expect(await originOf('http: {port: 8081}')).toEqual(origin);
});

it('one that is configured has its own name, and its schemas where people reach it', async () => {
  const text = 'installation: shanghai-1\nhttp: {public_url: "https://cx.example.com/earshot"}';
  expect(await originOf(text)).toEqual({
    source: 'urn:earshot:shanghai-1',
    publicUrl: 'https://cx.example.com/earshot',
  });
});
