import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './command-list.ts';

describe('the list of commands', () => {
  it('names every file of this folder that is a command', () => {
    const files = readdirSync(new URL('.', import.meta.url))
      .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && file !== 'command-list.ts')
      .map((file) => file.slice(0, -'.ts'.length));
    expect(Object.keys(COMMANDS).sort()).toEqual(files.sort());
  });

  it('leads from each name to the file of that name', () => {
    for (const [name, { load }] of Object.entries(COMMANDS)) expect(load.toString()).toContain(`/${name}.ts`);
  });
});
