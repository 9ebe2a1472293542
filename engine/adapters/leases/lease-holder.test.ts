import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasEnded, hostIdentity, thisHolder } from './lease-holder.ts';
import { markOf } from '../embedded-server/store-owner.ts';

describe('the holder of a lease', () => {
  it('is known to live while its process does', () => {
    expect(hasEnded(JSON.stringify(thisHolder('me')))).toBe(false);
  });

  it('is known to have ended when its process has, on the same host only', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const mark = markOf(child.pid ?? -1);
    const written = JSON.stringify({ ...thisHolder('child'), process: mark });
    expect(hasEnded(written)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(written)).toBe(true);
    expect(hasEnded(written, `${hostIdentity()} another`)).toBe(false);
  });

  it('has ended when its process id is another process by now', () => {
    const { process: mark, ...holder } = thisHolder('me');
    expect(hasEnded(JSON.stringify({ ...holder, process: { ...mark, began: `${mark.began}0` } }))).toBe(true);
  });

  it.each(['', 'x', 'null', '{}', '{"host":1}', '{"host":"h","process":null}', '{"owner":"a","holder":"b"}'])(
    'is not judged by %j',
    (written) => {
      expect(hasEnded(written)).toBe(false);
    },
  );
});
