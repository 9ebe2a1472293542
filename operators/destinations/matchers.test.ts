import { expect, it } from 'vitest';
import { Section } from '../config/config-values.ts';
import { HOOKS_PART, type HookConfig } from './hooks-config.ts';
import { takesAction, takesAlert } from './matchers.ts';
import { ALERT } from './testing/specimen-notices.ts';

function hooks(...settings: readonly object[]): readonly HookConfig[] {
  const values = settings.map((one, i) => ({ id: `h${i}`, kind: 'slack', url: 'https://hooks.example/x', ...one }));
  const faults: string[] = [];
  const report = (_at: unknown, message: string): void => void faults.push(message);
  const none = (): never => {
    throw new Error('hooks have neither expressions nor holidays');
  };
  const checks = { report, expressions: { event: none, rule: none, of: none }, holidays: none };
  const read = HOOKS_PART.read(new Section({ hooks: values }, []), checks, undefined);
  expect(faults).toEqual([]);
  return read;
}
const takers = (list: readonly HookConfig[], severity: string): readonly string[] =>
  list.filter((hook) => takesAlert(hook, { ...ALERT, severity })).map(({ id }) => id);

it('an alert goes to each hook that matches, unless one that matches keeps it from those below', () => {
  const all = { for: { severity: ['critical', 'major'] } };
  expect(takers(hooks({ for: { severity: 'critical' } }, all), 'critical')).toEqual(['h0', 'h1']);
  const first = hooks(all, { for: { severity: 'critical' }, continue: false }, all, {});
  expect(takers(first, 'critical')).toEqual(['h0', 'h1']);
  expect(takers(first, 'major')).toEqual(['h0', 'h2', 'h3']);
  expect(takers(first, 'minor')).toEqual(['h3']);
});

it('so do actions, which alerts kept by others do not hold back', () => {
  const action = { kind: 'sla_breached', owner: 'care' };
  const wanting = { for: { action: ['sla_breached'] } };
  const takes = (list: readonly HookConfig[]): readonly string[] =>
    list.filter((hook) => takesAction(hook, action, {})).map(({ id }) => id);
  expect(takes(hooks({ continue: false }, wanting, wanting))).toEqual(['h1', 'h2']);
  expect(takes(hooks({ ...wanting, continue: false }, wanting))).toEqual(['h0']);
});
