import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import { operatorsOf, type ChainDef } from '../core/chain.ts';
import { parseConfig } from './config/config.ts';
import { chainOf, combiningChainOf, partitionChainOf } from './pipeline.ts';

const parsed = parseConfig({ kpis: [] }, compileExpression);
if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const namesOf = (def: ChainDef<never, unknown>): readonly string[] => operatorsOf(def).map(({ name }) => name);

describe('the chains', () => {
  it('hold the operators in their order, wherever others stand between', () => {
    const order = [
      'dedupe',
      'cleaning',
      'enriched',
      'cases',
      'clocks',
      'journeys',
      'kpis',
      'controls',
      'action-triggers',
      'rules',
      'actions',
      'audit',
    ];
    expect(namesOf(chainOf(config)).filter((name) => order.includes(name))).toEqual(order);
  });

  it('of several partitions hold every operator that the one of a single partition has', () => {
    const several = [...namesOf(partitionChainOf(config, () => undefined)), ...namesOf(combiningChainOf(config))];
    expect(namesOf(chainOf(config)).filter((name) => !several.includes(name))).toEqual([]);
  });

  it('know every operator that a file of operators/ defines', () => {
    const root = packageRoot();
    const defined = readdirSync(join(root, 'operators'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(?:^|\/)testing\//.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(root, 'operators', file), 'utf8');
        return [
          ...text.matchAll(/^export function (\w+)(?:(?!^(?:export|function|class) )[^])*?\): OperatorDef</gm),
        ].map(([, name = '']) => name);
      });
    const used = ['operator-list.ts', 'pipeline.ts'].map((file) =>
      readFileSync(join(root, 'engine/app', file), 'utf8'),
    );
    expect(defined.length).toBeGreaterThan(9);
    expect(
      defined.filter((name) => !used.some((text) => new RegExp(`\\b${name}\\b[<(]`).test(text))),
      'each needs its line in ON_EVENTS or ON_VALUES of operator-list.ts',
    ).toEqual([]);
  });
});
