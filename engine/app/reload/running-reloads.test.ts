/** What a look at another configuration says, and what it must not. */
import { afterEach, expect, it } from 'vitest';
import { parseConfigText } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { EngineError } from '../../core/errors.ts';
import { configForm, type Config } from '../config/config.ts';
import { RunningReloads } from './running-reloads.ts';

const VARIABLE = 'EARSHOT_TEST_OF_RELOADS';
const SECRET = 'hunter77';
afterEach(() => void Reflect.deleteProperty(process.env, VARIABLE));

const parse = (text: string): Config => parseConfigText(text, 'earshot.yaml', configForm(compileExpression));
const reloads = (prepare: () => void): RunningReloads<void> =>
  new RunningReloads({
    ...{ running: parse(''), parse, prepare, fingerprints: () => ({}), audit: () => undefined },
    read: () => Promise.resolve(parse('')),
    apply: () => Promise.resolve(),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
const text = `kpis:
  - id: \${env:${VARIABLE}}
    from: cx.survey.answered
    measure: {kind: csat, value: data.score}
    window: {kind: sliding, size: 15m, slide: 5s}
    by: [[]]
`;

it('names what a configuration that somebody sent would add, and no value of the environment in it', () => {
  process.env[VARIABLE] = SECRET;
  const report = JSON.stringify(reloads(() => undefined).would(text));
  expect(report).toContain(`kpis.\${env:${VARIABLE}}`);
  expect(report).not.toContain(SECRET);
});

it('says why a configuration cannot be used, and no value of the environment in it', () => {
  process.env[VARIABLE] = SECRET;
  const refusing = reloads(() => {
    throw new EngineError('CONFIG_INVALID', [`no model is at /models/${SECRET}`]);
  });
  expect(() => refusing.would(text)).toThrow(`/models/\${env:${VARIABLE}}`);
  expect(() => refusing.would(text)).not.toThrow(SECRET);
});
