/** docs/how-to/sources.md: its configurations are good, and its table names every preset and scheme. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfig, faultText } from '../../engine/adapters/config/config-file.ts';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { configForm } from '../../engine/app/config/config.ts';
import { PRESET_NAMES } from './presets/presets.ts';
import { SCHEME_NAMES } from './proofs/proof.ts';

const page = readFileSync(new URL('../../docs/how-to/sources.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
const env = { DESK_SECRET: 'a secret of ours', WJX_PUSH_KEY: 'a secret of ours', SHOP_SECRET: 'a secret of ours' };

describe('docs/how-to/sources.md', () => {
  it('has configurations that are good', () => {
    expect(examples.length).toBeGreaterThan(2);
    for (const yaml of examples) {
      const checked = checkConfig(yaml, configForm(compileExpression), env);
      expect('faults' in checked ? checked.faults.map((fault) => faultText(yaml, fault)) : []).toEqual([]);
    }
  });
  it('names every preset and every way to prove a sender', () => {
    expect([...PRESET_NAMES, ...SCHEME_NAMES].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
