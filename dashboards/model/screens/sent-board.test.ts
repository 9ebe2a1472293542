import { describe, expect, test } from 'vitest';
import { addressOfBoard, boardAt, keptScreen, opened, relativeAddress, sent } from './sent-board.ts';

const HOME = './?kiosk=1&screen=Hall&where=team%3At1';

test('a board is a page and its settings, without how the screen looks and who it is', () => {
  expect(boardAt('heat', '?lang=en&kiosk=1&by=region%2Cchannel&ticket=t&q=secret')).toEqual({
    page: 'heat',
    query: 'by=region%2Cchannel',
  });
  expect(boardAt('sign-in', '')).toBe(null);
});

test('a screen that is sent a board keeps its look, its name and its slice, and takes nothing else of the board', () => {
  const search = HOME.slice(2);
  expect(addressOfBoard({ page: 'heat', query: 'by=region&lang=en&ticket=t&javascript=1' }, search)).toBe(
    'heat/?by=region&lang=en&kiosk=1&screen=Hall&where=team%3At1',
  );
  expect(addressOfBoard({ page: 'overview', query: 'where=team:t2' }, search)).toBe(
    './?where=team%3At2&kiosk=1&screen=Hall',
  );
});

describe('a screen that was sent a board', () => {
  const kept = { id: 'screen-1', sent: null };
  const away = sent('heat/?kiosk=1', HOME, kept);

  test('goes on to it when it is opened by its own address again, and stays where it is on a reload', () => {
    expect(away.to).toBe('heat/?kiosk=1');
    expect(opened(relativeAddress('overview', HOME.slice(2)), away.kept)).toEqual({
      to: 'heat/?kiosk=1',
      kept: away.kept,
    });
    expect(opened('heat/?kiosk=1', away.kept)).toEqual({ to: null, kept: away.kept });
  });

  test('knows its own address after a second board, and goes back to it', () => {
    const further = sent('queues/', away.to, away.kept);
    expect(further.kept.sent).toEqual({ from: HOME, to: 'queues/' });
    expect(sent(null, further.to, further.kept)).toEqual({ to: HOME, kept });
    expect(sent(HOME, further.to, further.kept)).toEqual({ to: HOME, kept });
  });

  test('forgets it where another address is opened: somebody chose that', () => {
    expect(opened('./?kiosk=1', away.kept)).toEqual({ to: null, kept });
  });

  test('reads back what it kept, and nothing else', () => {
    expect(keptScreen(JSON.stringify(away.kept))).toEqual(away.kept);
    expect(keptScreen(JSON.stringify(kept))).toEqual(kept);
    for (const odd of [null, '', '{', '{}', '{"id":7}', 'null']) expect([odd, keptScreen(odd)]).toEqual([odd, null]);
    expect(keptScreen('{"id":"a","sent":{"from":1}}')).toEqual({ id: 'a', sent: null });
  });
});
