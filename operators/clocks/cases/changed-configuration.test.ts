/** Clocks whose configuration is another after a restart, and clocks that are full. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { Chain, fingerprintsOf } from '../../../engine/core/chain.ts';
import type { State } from '../../../engine/core/types.ts';
import { clocksOperator } from '../clocks.ts';
import { configOf, eventOf, shortOf } from '../testing/case-script.ts';
import { Played } from '../testing/played.ts';

const F = (other: string): string => `
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    target: [{when: data.priority == "urgent", within: 30m}, {within: 2h}]
    ${other}
`;
const at = (text: string): number => Date.parse(`2026-03-02T${text}+08:00`);

/** A store that outlives its engines. */
class Store {
  readonly played = new Played();
  #parts: State[] = [];
  #fingerprints: Readonly<Record<string, State>> = {};
  #watermark = at('09:00');
  #number = 0;
  #chain: Chain<never, unknown> | null = null;

  start(yaml: string): void {
    const def = clocksOperator(configOf(yaml).clocks, compileExpression, () => {
      throw new Error('no calendar here');
    });
    const saved = { parts: { clocks: this.#parts }, fingerprints: this.#fingerprints, watermark: this.#watermark };
    this.#chain = new Chain(def, { partition: 0 }, this.played, this.#parts.length === 0 ? undefined : saved);
    this.#fingerprints = fingerprintsOf(def);
  }
  /** Events and times, each on its own. */
  play(...words: string[]): void {
    for (const word of words) {
      if (/^\d/.test(word)) this.#chain?.advance((this.#watermark = at(word)));
      else this.#chain?.event(eventOf(word, this.#number++) as never);
    }
    this.#parts = [...(this.#chain?.snapshot() ?? [])].map(([, part]) => part); // it was started
  }
  said(): readonly string[] {
    const output = this.played.sent.map((send) => ({ send }));
    return shortOf(output, true);
  }
}

describe('clocks under another configuration', () => {
  it('52 keep: open runs keep their target, new ones have the new', () => {
    const store = new Store();
    store.start(F(''));
    store.play('O(c1)10:00', '10:30');
    store.start(F('').replace('{within: 2h}', '{within: 1h}'));
    store.play('O(c2)10:40', '13:00');
    expect(store.said()).toEqual([
      'c2 breached 11:40:00 e3600 w3600 p0 t3600 miss r0',
      'c1 breached 12:00:00 e7200 w7200 p0 t7200 miss r0',
    ]);
  });

  it.each([
    ['10:30', 'c1 breached 11:00:00 e3600 w3600 p0 t3600 miss r0'],
    ['11:30', 'c1 breached 11:30:00 e5400 w5400 p0 t3600 miss r0'],
  ])('52 move at %s: open runs have the new target, and what is past by then happens then', (time, expected) => {
    const store = new Store();
    store.start(F(''));
    store.play('O(c1)10:00', time);
    store.start(F('on_change: move').replace('{within: 2h}', '{within: 1h}'));
    store.play('13:00');
    expect(store.said()).toEqual([expected]);
  });

  it('53 a clock that is added begins with what comes from then on', () => {
    const store = new Store();
    store.start(F('').replaceAll('first_response', 'another'));
    store.play('O(c1)10:00', '10:30');
    store.start(F(''));
    store.play('A(c1)10:40', '13:00');
    expect(store.said()).toEqual([]);
    expect(store.played.counts['clock_ignored_first_response_stop']).toBe(1);
  });

  it('warnings that are past under the former list are not repeated, new ones come', () => {
    const store = new Store();
    store.start(F('warn: [50]'));
    store.play('O(c1)10:00', '11:10');
    store.start(F('warn: [25, 75]'));
    store.play('13:00');
    expect(store.said()).toEqual([
      'c1 warning 50 11:00:00',
      'c1 warning 75 11:30:00',
      'c1 breached 12:00:00 e7200 w7200 p0 t7200 miss r0',
    ]);
  });

  it('another key is refused: whose an open run is would be unknown', () => {
    const store = new Store();
    store.start(F(''));
    store.play('O(c1)10:00', '10:30');
    expect(() => store.start(F('').replace('key: data.case', 'key: data.conversation'))).toThrow(/its key changed/);
  });

  it('once: a second start of an ended key begins nothing', () => {
    const store = new Store();
    store.start(F('once: true'));
    store.play('O(c1)10:00', 'A(c1)10:05', 'O(c1)10:10', '13:00');
    expect(store.said()).toEqual(['c1 stopped 10:00:00→10:05:00 e300 w300 p0 t7200 met r0']);
  });

  it('a clock that is full forgets whose end is longest ago, refuses where none has ended, and counts that', () => {
    const store = new Store();
    store.start(F('max_keys: 2'));
    store.play('O(c1)10:00', 'A(c1)10:01', 'O(c2)10:02', '10:10', 'Z10:12', 'O(c3)10:12', 'O(c4)10:13', '10:20');
    expect(store.played.counts['clock_keys_dropped_first_response']).toBe(1);
    store.play('A(c3)10:21', 'A(c4)10:21', '10:30');
    expect(store.said()).toEqual([
      'c1 stopped 10:00:00→10:01:00 e60 w60 p0 t7200 met r0',
      'c3 stopped 10:12:00→10:21:00 e540 w540 p0 t7200 met r0',
    ]);
  });
});
