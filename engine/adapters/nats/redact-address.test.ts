import { describe, expect, it } from 'vitest';
import { publicAddress, publicWords } from './redact-address.ts';

describe('publicWords', () => {
  it.each([
    ['\'Permissions Violation for Publish to "cx.events.app.feedback.13800138000"\'', "'…'"],
    [
      'Permissions Violation for Publish to "cx.events.app.feedback.13800138000"',
      'Permissions Violation for Publish to "cx.events.…"',
    ],
    [
      '[ERR] 127.0.0.1:5 - cid:7 - Publish Violation - Subject "cx.events.app.case.zhang_wei"',
      '[ERR] 127.0.0.1:5 - cid:7 - Publish Violation - Subject "cx.events.…"',
    ],
    [
      "[ERR] Client parser ERROR, state=0, i=0: proto='\"13800138000 张伟 a@b.cn\\r'...",
      "[ERR] Client parser ERROR, state=0, i=0: proto='…'...",
    ],
    ["[ERR] proto='13800138000 without an end", "[ERR] proto='…'"],
    ['no responders for cx.events.app.case.13800138000', 'no responders for cx.events.…'],
    [
      '[WRN] Filestore [CX_EVENTS_0] could not open "/var/lib/nats/x.blk"',
      '[WRN] Filestore [CX_EVENTS_0] could not open "/var/lib/nats/x.blk"',
    ],
    ['stream "CX_EVENTS_0" is full', 'stream "CX_EVENTS_0" is full'],
    ['Publish to "$KV.CX_LEASES.partition.0"', 'Publish to "$KV.CX_LEASES.partition.0"'],
    ['Subscription to "cx.time"', 'Subscription to "cx.time"'],
  ])('%s', (said, kept) => {
    expect(publicWords(said)).toBe(kept);
  });
});

describe('publicAddress', () => {
  it.each([
    ['nats://nats-1.example:4222', 'nats://nats-1.example:4222'],
    ['nats://earshot:s3cret@nats-1.example:4222', 'nats://…@nats-1.example:4222'],
    ['tls://s3cr@t@[::1]:4222', 'tls://…@[::1]:4222'],
    ['earshot:s3cret@localhost', '…@localhost'],
  ])('%s', (url, said) => {
    expect(publicAddress(url)).toBe(said);
  });
});
