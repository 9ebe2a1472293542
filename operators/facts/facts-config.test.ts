import { expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { expressionChecks } from '../config/config-expressions.ts';
import { Section, type Fault } from '../config/config-values.ts';
import { FACTS_PART } from './facts-config.ts';

function read(...facts: readonly object[]) {
  const faults: Fault[] = [];
  const report = (at: Fault['at'], message: string): void => void faults.push({ at, message });
  const checks = { report, expressions: expressionChecks(compileExpression, report), holidays: () => ({ fault: '' }) };
  const config = FACTS_PART.read(new Section({ facts }, []), checks, {});
  return { config, faults: faults.map(({ at, message }) => [at.slice(2).join('.'), message]) };
}
const good = { id: 'customer', bucket: 'CX_CUSTOMERS', key: 'data.customer.id', take: ['tier'] };

it('has a default for what is left out', () => {
  expect(read(good)).toEqual({
    config: [{ ...good, miss: 'keep', waitMs: 2000, derive: {}, maxBytes: 268_435_456 }],
    faults: [],
  });
});

it.each([
  ['a bucket of the engine', { bucket: 'CX_KEYS' }, 'bucket', 'CX_KEYS is a bucket of the engine itself'],
  ['a key that reads nothing', { key: 'customer.id' }, 'key', 'there is no variable "customer" here'],
  ['a field twice', { take: ['tier', 'tier'] }, 'take.1', '"tier" is taken twice'],
  ['the prototype', { take: ['constructor'] }, 'take.0', '"constructor" cannot be a field'],
  ['a wait where nothing waits', { wait: '1s' }, 'wait', 'nothing waits with miss: keep: expected miss: wait'],
  ['a wait of a minute', { miss: 'wait', wait: '1m' }, 'wait', 'expected more than 0 and at most 30s'],
  ['a wait of nothing', { miss: 'wait', wait: '0s' }, 'wait', 'expected more than 0 and at most 30s'],
  [
    'a derived field that never is',
    { derive: { vip: 'spend > 1' } },
    'derive.vip',
    'there is no variable "spend" here',
  ],
])('%s is a fault', (_what, change, at, message) => {
  expect(read({ ...good, ...change }).faults).toEqual([[at, expect.stringContaining(message)]]);
});

it('two of one id are a fault', () => {
  expect(read(good, good).faults).toEqual([['id', 'there are two facts with the id "customer": ids are unique']]);
});
