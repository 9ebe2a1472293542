/** Keys and labels are, after a restore, what they were: whatever customers' systems put into them. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { createCodec } from '../../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import { createDecoder } from '../../events/decode.ts';
import { dataSchemas } from '../../events/types/event-types.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { kpisOperator } from '../kpis.ts';
import { Rehearsal, type Outputs } from '../testing/rehearsal.ts';
import { specimenKpi } from '../testing/specimens.ts';

/** As they stand in JSON. */
const VALUES = [
  ...['a', '', ' ', '~other', '__proto__', 'constructor', 'a,b=c%', '\\"', '\\\\', '-0', 'null'],
  ...['\\u0000', 'a\\u0000', '\\u2028', '\\ufeffa', '\\ufeff', '\\ufffd', 'e\\u0301', '\\u00e9', '\\u200b', '\\u202ea'],
  ...[
    '\\ud800',
    'a\\udfffb',
    '\\ud83d\\ude00',
    '😀',
    `${'x'.repeat(198)}😀`,
    `${'x'.repeat(199)}😀`,
    '张'.repeat(200),
    'x'.repeat(127),
  ],
];
const decode = createDecoder({
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: [],
  maxEventBytes: 10_000,
  maxFutureMs: 0,
  maskKey: 'a key',
  isFile: true,
});
const eventOf = (value: string, i: number): CxEnvelope => {
  const text = `{"specversion":"1.0","id":"${i}","source":"s","type":"cx.feedback.posted","time":"2026-03-02T00:00:0${i % 9}Z","data":{"channel":"app","region":"${value.length > 128 ? '' : value}","label":"${value}","text":"${value}太慢了"}}`;
  const [item] = decode({ seq: i, stored: 0, subject: '', headers: {}, data: Buffer.from(text) }).items;
  if (item === undefined || !('event' in item)) throw new Error(JSON.stringify(item));
  return item.event;
};
const events = [...VALUES, ...VALUES.toReversed(), ...VALUES].map(eventOf);
const window = { kind: 'tumbling', sizeMs: 60_000 } as const;
const kpis = [
  specimenKpi({ id: 'by', from: ['cx.feedback.posted'], window, by: [['region', 'label'], ['label']] }),
  specimenKpi({
    id: 'top',
    from: ['cx.feedback.posted'],
    window,
    measure: { kind: 'top', value: 'data.label', k: 100 },
  }),
];

function played(after: (rehearsal: Rehearsal, i: number) => void): Outputs {
  const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression, samplesFor: new Set(['by']) };
  const rehearsal = new Rehearsal(kpisOperator(kpis, options), 60_000);
  for (const [i, event] of events.entries()) {
    rehearsal.event(event);
    after(rehearsal, i);
  }
  rehearsal.end();
  return rehearsal.outputs;
}

it('calm, restored from deltas and restored from snapshots give the same', () => {
  const calm = played(() => undefined);
  // What a sender can distinguish is distinguished; half a pair is U+FFFD, as such texts are on any wire.
  const keys = new Set(
    calm.values.filter(({ kpi, keyId }) => kpi === 'by' && !keyId.includes(',')).map(({ keyId }) => keyId),
  );
  expect(keys.size).toBe(VALUES.length - 2);
  const deltas = played((rehearsal) => {
    rehearsal.commit();
    rehearsal.crash();
  });
  const snapshots = played((rehearsal, i) => {
    if (i % 7 !== 0) return;
    rehearsal.snapshot();
    rehearsal.crash();
  });
  const sorted = ({ messages }: Outputs): readonly string[] =>
    messages.map((message) => JSON.stringify(message)).sort();
  expect(sorted(deltas)).toEqual(sorted(calm));
  expect(sorted(snapshots)).toEqual(sorted(calm));
  const samples = ({ values }: Outputs): readonly string[] =>
    values.map((value) => JSON.stringify([value.keyId, value.samples])).sort();
  expect(samples(deltas)).toEqual(samples(calm));
});
