import { expect, it } from 'vitest';
import { SilencedAlerts, SilencedChanges } from './silenced-alerts.ts';

type Board = readonly { readonly alert: string; readonly silenced: boolean }[];

it('both sides agree after each step, and only what changed is said', () => {
  const changes = new SilencedChanges();
  const other = new SilencedAlerts();
  const steps: readonly [Board, ReturnType<SilencedChanges['take']>][] = [
    [[{ alert: 'a', silenced: false }], [['a', false]]],
    [[{ alert: 'a', silenced: false }], []],
    [
      [
        { alert: 'a', silenced: true },
        { alert: 'b', silenced: false },
      ],
      [
        ['a', true],
        ['b', false],
      ],
    ],
    // One goes as another comes: as many as before.
    [
      [
        { alert: 'b', silenced: false },
        { alert: 'c', silenced: true },
      ],
      [
        ['c', true],
        ['a', null],
      ],
    ],
    [
      [],
      [
        ['b', null],
        ['c', null],
      ],
    ],
  ];
  for (const [board, said] of steps) {
    const taken = changes.take(board);
    expect(taken).toEqual(said);
    other.change(taken);
    for (const alert of ['a', 'b', 'c']) {
      const known = board.find((one) => one.alert === alert);
      expect(other.of(alert)?.silenced, alert).toBe(known?.silenced);
    }
  }
});
