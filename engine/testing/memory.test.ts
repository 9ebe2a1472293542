import { describe, expect, it } from 'vitest';
import { commitStoreCases, sinkCases, sourceCases } from './port-conformance.ts';
import { connect, Crash, MemoryBroker } from './memory.ts';

describe('commit stores in memory', () => {
  it.each(commitStoreCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const broker = new MemoryBroker();
    await expect(run(async () => ({ connect: () => connect(broker) }))).resolves.toBeUndefined();
  });
});

describe('sinks in memory', () => {
  it.each(sinkCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const broker = new MemoryBroker();
    const make = async () => ({
      connect: async () => connect(broker),
      stored: async (subject: string) =>
        broker.allOutputs().flatMap((one) => (one.subject === subject ? [one.id] : [])),
    });
    await expect(run(make)).resolves.toBeUndefined();
  });
});

describe('sources in memory', () => {
  it.each(sourceCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const broker = new MemoryBroker();
    const make = async () => ({
      source: connect(broker).source(0, { batch: 1 }),
      offer: async (text: string) => broker.offer(text),
    });
    await expect(run(make)).resolves.toBeUndefined();
  });
});

describe('a process in memory', () => {
  it('has no effect any more once it is dead', async () => {
    const broker = new MemoryBroker();
    const ports = connect(broker);
    const publishing = ports.publish(
      [{ id: 'a', subject: 'cx.kpi.x', type: 't', time: 0, data: null }],
      new AbortController().signal,
    );
    ports.kill();
    await expect(publishing).rejects.toThrow(Crash);
    await expect(ports.open(0)).rejects.toThrow(Crash);
    expect(broker.allOutputs()).toEqual([]);
  });
});
