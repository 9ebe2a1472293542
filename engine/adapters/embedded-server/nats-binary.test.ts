import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findNatsServer } from './nats-binary.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-binary-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'nats-server');
writeFileSync(program, '#!/bin/sh\n');
chmodSync(program, 0o755);

describe('findNatsServer', () => {
  it('takes the one that is named, or says that it is none', () => {
    expect(findNatsServer({ NATS_SERVER_BIN: program, PATH: '' })).toBe(program);
    const wrong = join(folder, 'wrong');
    const find = (): string => findNatsServer({ NATS_SERVER_BIN: wrong, PATH: folder });
    expect(find).toThrow(
      expect.objectContaining({
        code: 'NATS_SERVER_MISSING',
        message: expect.stringContaining(wrong) as string,
      }) as Error,
    );
    expect(() => findNatsServer({ NATS_SERVER_BIN: folder })).toThrow(/no program/);
  });

  it('else the first on the PATH that can be run', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'nats-server'), 'not to be run', { mode: 0o644 });
    expect(findNatsServer({ PATH: [other, folder].join(delimiter) })).toBe(program);
  });
});
