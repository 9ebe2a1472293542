/** What senders may send to hold the event loop of an engine. Event time goes on from round to round. */
import type { CxEvent } from '../../operators/shared/messages.ts';

/** A message for the input, or a request to the gateway. */
export interface Sent {
  readonly type: string;
  readonly body: string;
  readonly partition: number;
  /** How many events of it the engine reads from the stream. */
  readonly events: number;
  readonly isRequest: boolean;
}
export interface Case {
  readonly name: string;
  /** What precedes, and is not measured. */
  readonly before?: (round: number) => readonly Sent[];
  readonly sent: (round: number) => readonly Sent[];
  /** Measured until after the input has fallen silent. */
  readonly isIdle?: boolean;
  readonly partitions?: number;
}

const MAX_EVENT = 256 * 1024;
const HOUR = 3_600_000;
const began = Date.now() - 5 * 24 * HOUR;
let ids = 0;

const event = (data: object, ts = began, attributes: Partial<Pick<CxEvent, 'type'>> = {}): object => ({
  ...{ specversion: '1.0', id: String((ids += 1)), source: '/s', type: 'cx.feedback.posted', ...attributes },
  ...{ time: new Date(ts).toISOString(), data: { channel: 'app', ...data } },
});
const post = (data: object, ts?: number): object => event({ text: '好', ...data }, ts);
const one = (value: object): readonly Sent[] => [
  { type: 'application/cloudevents+json', body: JSON.stringify(value), partition: 0, events: 1, isRequest: false },
];
const batch = (values: readonly object[], more: Partial<Sent> = {}): Sent => ({
  ...{ type: 'application/cloudevents-batch+json', body: JSON.stringify(values) },
  ...{ partition: 0, events: values.length, isRequest: false, ...more },
});
const many = <T>(length: number, of: (i: number) => T): T[] => Array.from({ length }, (_, i) => of(i));
const filled = (piece: string): readonly Sent[] =>
  one(post({ note: piece.repeat(Math.floor((MAX_EVENT - 600) / Buffer.byteLength(piece))) }));
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
const phone = (i: number): string => `138${String(i).padStart(8, '0')}`;
const views = (ts: number, regions: number): Sent =>
  batch(many(regions, (i) => event({ page: '/', region: `r${i}` }, ts, { type: 'cx.page.viewed' })));
const spaced = (): Readonly<Record<string, string>> =>
  Object.fromEntries(many(32, (i) => [`a${i}`, '1 '.repeat(1000)] as const));

const ends = (keys: number, from: number): Omit<Case, 'name'> => ({
  before: (round) =>
    many(keys / 500, (b) =>
      batch(many(500, (i) => post({ product: `p${b * 500 + i}` }, began + (from + round) * 4 * HOUR))),
    ),
  sent: (round) => one(post({}, began + (from + round) * 4 * HOUR + 120_000)),
});

export const CASES: readonly Case[] = [
  { name: 'a text of spaced digits', sent: () => filled('1 ') },
  { name: 'a text of half-spaced digits', sent: () => filled('12 34-') },
  { name: '17,000 phone numbers in one text', sent: () => filled('13812345678 ') },
  { name: '17,000 phone numbers in a list', sent: () => one(post({ list: many(17_000, phone) })) },
  { name: '32 attributes of spaced digits', sent: () => one({ ...post({}), ...spaced() }) },
  { name: 'wide JSON', sent: () => one(post({ wide: many(9000, (i) => ({ i })) })) },
  { name: 'deep JSON', sent: () => one(post({ deep: many(600, () => deep(28)) })) },
  { name: 'one event of 19,000 labels', sent: () => one(post({ labels: many(19_000, (i) => `label ${i}`) })) },
  {
    name: '100 events of 250 labels',
    sent: () => [batch(many(100, (r) => post({ region: `r${r}`, labels: many(250, (i) => `${r} ${i}`) })))],
  },
  {
    name: 'a request of 1,000 events, 3.4 MB',
    sent: () => [
      batch(
        many(1000, () => post({ note: '太慢了 13812345678'.repeat(150) })),
        { isRequest: true },
      ),
    ],
  },
  {
    name: 'a request of 1,000 bad events, 3.2 MB',
    sent: () => [
      batch(
        many(1000, () => post({ rating: 7, note: 'x'.repeat(3000) })),
        { isRequest: true, events: 0 },
      ),
    ],
  },
  { name: 'a batch of 10,000 events', sent: () => [batch(many(10_000, () => post({})))] },
  {
    name: 'leap: an hour by the second ends, 5 keys',
    before: (round) => [views(began + round * 4 * HOUR, 4)],
    sent: (round) => [views(began + round * 4 * HOUR + 2 * HOUR, 1)],
  },
  { name: 'leap: 1,000 keys end at once', ...ends(1000, 0) },
  { name: 'leap: 10,000 keys end at once', ...ends(10_000, 0) },
  {
    name: 'silence: an hour by the second ends, 5 keys',
    isIdle: true,
    before: () => [],
    sent: () => [views(began, 4)],
  },
  {
    name: 'a backlog in four partitions',
    partitions: 4,
    sent: () =>
      many(80, (m) =>
        batch(
          many(500, (i) => post({ product: `p${i}`, note: '太慢了 138'.repeat(10) })),
          { partition: m % 4 },
        ),
      ),
  },
];
