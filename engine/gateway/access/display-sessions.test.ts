import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Logger } from '../../core/types.ts';
import { type DisplaySession, DisplaySessions } from './display-sessions.ts';
import type { Principal } from './principal.ts';

const quiet = (): void => undefined;
const log: Logger = { info: quiet, warn: quiet, error: quiet };
const hall: Principal = { name: 'hall', role: 'display', scope: null, expires: 1e12 };
/** As many as are listed. */
const MANY = 2_000;
const revoked = (id: string, since: number): DisplaySession => ({
  ...{ id, name: 'hall', role: 'display', scope: null, expires: 1e12 },
  ...{ since, seen: since, revoked: true },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sessions-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('one that was revoked stays out when so many were revoked later that it is no longer listed, over a restart too', () => {
  const options = { file: join(folder, 'sessions.json'), log, now: () => 90_000 };
  const sessions = Array.from({ length: MANY }, (_, i) => revoked(`revoked-${i}`, 1_000 + i));
  writeFileSync(options.file, JSON.stringify({ form: 1, sessions }));
  const before = new DisplaySessions(options);
  const { session: another } = before.start(hall);
  for (const one of [before, new DisplaySessions(options)]) {
    expect(one.isIn('revoked-0', hall, 1_000)).toBe(false);
    // A cookie of a former version does not say when it began.
    expect(one.isIn('revoked-0', hall, 0)).toBe(false);
    expect(one.isIn('revoked-1', hall, 1_000)).toBe(false);
    expect(one.isIn(another, hall, 90_000)).toBe(true);
    expect(one.isIn('known-to-nobody', hall, 2_000)).toBe(true);
  }
});

it('what is revoked at one instance is out at the others, whether they knew it or not, and that outlives a restart', () => {
  const optionsOf = (name: string) => ({ file: join(folder, name), log, now: () => 90_000 });
  const [here, there] = [new DisplaySessions(optionsOf('here')), new DisplaySessions(optionsOf('there'))];
  here.spread((id) => there.bar(id));
  there.spread((id) => here.bar(id));
  const { session } = here.start(hall);
  expect(there.isIn(session, hall, 90_000)).toBe(true);
  expect(here.revoke(session)).toBe(true);
  for (const one of [here, there, new DisplaySessions(optionsOf('there'))])
    expect(one.isIn(session, hall, 90_000)).toBe(false);
  // Asked of one that the display never came to.
  const { session: elsewhere } = here.start(hall);
  expect(there.revoke(elsewhere)).toBe(true);
  expect([here.isIn(elsewhere, hall, 90_000), there.list()]).toEqual([false, []]);
  expect([there.revoke(elsewhere), there.revoke('no session')]).toEqual([undefined, undefined]);
});

it('alone, nobody knows of a session that is not listed', () => {
  const alone = new DisplaySessions({ file: null, log, now: () => 90_000 });
  expect(alone.revoke('AAAAAAAAAAAAAAAAAAAAAA')).toBeUndefined();
});
