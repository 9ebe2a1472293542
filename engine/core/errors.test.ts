import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../adapters/process/package-root.ts';
import { EngineError, ERRORS } from './errors.ts';

const root = packageRoot();
const codes = Object.keys(ERRORS).sort();

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', '.git', '.earshot'].includes(entry.name) ? [] : sources(path);
    return /\.(ts|mjs)$/.test(entry.name) && !entry.name.includes('.test.') && path !== 'engine/core/errors.ts'
      ? [path]
      : [];
  });
}

describe('the error table', () => {
  const rows = [
    ...readFileSync(join(root, 'engine/README.md'), 'utf8').matchAll(
      /^\| `([A-Z_]+)` \| (\w+) \| (.*?) \| (.*?) \|$/gm,
    ),
  ];

  it('has a row in engine/README.md for each code, and no other rows', () => {
    expect(rows.map(([, code]) => code).sort()).toEqual(codes);
  });

  it('says the same in both places', () => {
    for (const [, code = '', kind, meaning, help] of rows) {
      const entry = ERRORS[code as keyof typeof ERRORS];
      expect({ code, kind, meaning, help }).toEqual({
        code,
        kind: entry.kind,
        meaning: entry.text.replaceAll('%s', '…'),
        help: entry.help,
      });
    }
  });

  it('holds only codes that are thrown somewhere', () => {
    const code = sources('.')
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    expect(codes.filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });

  it('fills the details into the text and keeps the cause', () => {
    const cause = new Error('why');
    const error = new EngineError('CONFIG_NOT_FOUND', ['a.yaml', 'no such file'], { cause });
    expect([error.message, error.kind, error.cause]).toEqual(['cannot read a.yaml: no such file', 'config', cause]);
  });
});
