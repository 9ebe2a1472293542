/** What an earlier version saved is read, goes on, and is written as it was. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { Chain, fingerprintsOf } from '../../../engine/core/chain.ts';
import type { State } from '../../../engine/core/types.ts';
import { clocksOperator } from '../clocks.ts';
import { configOf, eventOf, shortOf } from '../testing/case-script.ts';
import { Played } from '../testing/played.ts';

const CLOCK = `
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    target: [{when: data.priority == "urgent", within: 30m}, {within: 2h}]
    warn: [50]
    keep: [channel, priority]
    allowed_lateness: 30m
`;
/** By the version before keys lay in columns: O(c1)09:00 · O(c2)10:00 · P(c1)10:05 · O(c3)10:10 · 10:12 · A(c3)10:20 · A(c1)10:11 late · 10:35 · O(c4)10:50 twice. */
const SAVED =
  'AvLAt8/jyjPyoMCY48ozDmZpcnN0X3Jlc3BvbnNlAgxrZWVwIGNoYW5uZWwNa2VlcCBwcmlvcml0eTF7ImNhbGVuZGFyIjpbXSwiZXhwaXJlTXMiOjc3NzYwMDAwMDAsIndhcm4iOls1MF19dXsiY2FsZW5kYXIiOltdLCJ0YXJnZXQiOlt7IndoZW4iOiJkYXRhLnByaW9yaXR5ID09IFwidXJnZW50XCIiLCJ3aXRoaW5NcyI6MTgwMDAwMH0seyJ3aGVuIjpudWxsLCJ3aXRoaW5NcyI6NzIwMDAwMH1dfQQCYzEBAAEAAPKgzsDiyjPxAN1tAPMBAfQAAAAAAADwfwIBAAh3ZWJfY2hhdAABAQEBAADygM284Moz8QDdbQDzAQDygKqY4sozAgEAAAIAAgPy4NGq4sozBS9zfGUzAAIBAAAG8qDOwOLKMwUvc3xlNwACAQAAAgAAAAQyAQDygKqY4soz8oDNvODKMwAB8oCH9OPKM/GA7jYA8YDuNgAAAfEA3W0AAAAAAgEAAAAAAAAAAQDyoM7A4soz8oDNvODKMwHyoM7A4sozAfLAg4rkyjPxoABBAPFggjsA8UB+BQAB8QDdbQACAAACAQAAAAJjMgEDAQAA8oCqmOLKM/FAdxsA8wEB8oDaid7nMwIBAAEBBnVyZ2VudAEBAAAAAPP/////////D/MB8wEA9AAAAAAAAPB/AAEAAQHygKqY4sozBS9zfGUyCAIAAAAEMgEA8qChz+LKM/KAqpjiyjMAAfLAmIbjyjPxoLsNAPGguw0AAAHxQHcbAAAAAAIBAAEBAAAAAwABAPLAmIbjyjPygKqY4sozAAHywJiG48oz8UB3GwDxQHcbAAAB8UB3GwABAAACAQABAQACYzMBAAEAAPKAyeHiyjPxAN1tAPMBAPQAAAAAAADwfwIBAAABAQAAAADz/////////w/zAfMBAPQAAAAAAADwfwACAAIB8sD5vOLKMwUvc3xlNAgG8oDJ4eLKMwUvc3xlNgACAQAAAQAAAAAAAQDygMnh4soz8sD5vOLKMwHygMnh4sozAfLAs/TlyjPxwCcJAPHAJwkAAAHxAN1tAAIAAAIBAAAAAmM0AQAAAADz/////////w/zAfMBAPQAAAAAAADwfwABAAAAAgHywLfP48ozBi9zfGUxMAACAQAAAfLAt8/jyjMFL3N8ZTkAAgEAAAAA';

it('a part of an earlier version goes on as it stood, and is written with the same bytes', () => {
  const { clocks } = configOf(CLOCK);
  const def = clocksOperator(clocks, compileExpression, () => {
    throw new Error('no calendar here');
  });
  const played = new Played();
  const part: State = new Uint8Array(Buffer.from(SAVED, 'base64'));
  const watermark = Date.parse('2026-03-02T10:35+08:00');
  const chain = new Chain(def, { partition: 0 }, played, {
    ...{ parts: { clocks: [part] }, fingerprints: fingerprintsOf(def), watermark },
  });
  expect(chain.size()['clocks']).toEqual({ keys: 4, open: 1 });
  const written = [...chain.snapshot()].map(([, one]) => Buffer.from(one as Uint8Array).toString('base64'));
  expect(written).toEqual([SAVED]);
  chain.event(eventOf('A(c2)10:20', 20));
  chain.advance(Date.parse('2026-03-02T11:30+08:00'));
  expect(
    shortOf(
      played.sent.map((send) => ({ send })),
      true,
    ),
  ).toEqual(SAID);
});
/** The warning was said before and holds still: it is not said again. */
const SAID: readonly string[] = [
  'c2 breached 10:30:00 e1800 w1800 p0 t1800 miss r0 rev 1 withdrawn',
  'c2 stopped 10:00:00→10:20:00 e1200 w1200 p0 t1800 met r0',
];
