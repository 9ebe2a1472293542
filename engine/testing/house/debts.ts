/** What the plan does not allow and still stands: to be mended, never to grow. */
export const DEBTS: readonly string[] = [
  'engine/adapters/commits/state-reset.ts → engine/runtime/commits/outlet.ts',
  'engine/adapters/commits/state-reset.ts → engine/runtime/commits/recovery.ts',
  'engine/adapters/expressions/cel.ts → operators/shared/messages.ts',
  'engine/adapters/nats/input-gate.ts → engine/gateway/metrics/queue-metrics.ts',
  'engine/adapters/streams/jetstream-sink.ts → engine/runtime/commits/outlet.ts',
  'engine/gateway/gateway-ports.ts → engine/runtime/stats.ts',
  'engine/gateway/gateway.ts → engine/runtime/yielding.ts',
  'engine/gateway/live/msgpack-codec.ts → engine/adapters/formats/messagepack-scan.ts',
  'engine/gateway/metrics/engine-metrics.ts → engine/runtime/stats.ts',
];
