/** Where people reach Earshot, and how their answers are proved: what the configuration may say. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { must } from '../../core/must.ts';
import { parseConfig, type Config } from './config.ts';

const parsed = (raw: object): ReturnType<typeof parseConfig> => parseConfig(raw, compileExpression);
function read(raw: object): Config {
  const result = parsed(raw);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.config;
}
function faults(raw: object): readonly string[] {
  const result = parsed(raw);
  return 'faults' in result ? result.faults.map(({ at, message }) => `${at.join('.')}: ${message}`) : [];
}

describe('http.public_url', () => {
  it.each([
    ['https://earshot.example.com', 'https://earshot.example.com'],
    ['https://earshot.example.com/', 'https://earshot.example.com'],
    ['http://10.1.2.3:8080', 'http://10.1.2.3:8080'],
    ['https://Example.com/cx/earshot/', 'https://example.com/cx/earshot'],
  ])('%s', (given, url) => {
    expect(read({ http: { public_url: given } }).http.publicUrl).toBe(url);
  });

  it('is nowhere unless given', () => {
    expect(read({}).http.publicUrl).toBeNull();
  });

  it.each([
    'earshot.example.com',
    'ftp://example.com',
    'javascript:alert(1)',
    'https://',
    'https://x/?a=1',
    'https://x/#a',
  ])('%s is refused, with what was expected', (given) => {
    expect(faults({ http: { public_url: given } })).toEqual([
      expect.stringContaining(`http.public_url: found "${given}", expected the address that people open`),
    ]);
  });

  it('a password in it is refused and not repeated', () => {
    const [fault] = faults({ http: { public_url: 'https://li:geheim@example.com' } });
    expect(fault).toMatch(/^http\.public_url: found something else/);
    expect(fault).not.toContain('geheim');
  });
});

describe('answers of a hook', () => {
  const hook = (more: object): object => ({ hooks: [{ id: 'h', kind: 'pagerduty', key: 'k', ...more }] });
  const answers = (more: object): unknown => must(read(hook(more)).hooks[0]).answers;

  it('links for a day, no callbacks and no silences unless given', () => {
    expect(answers({})).toEqual({ hasLinks: true, linkLife: 86_400_000, callback: null, hasSilences: false });
    expect(answers({ acknowledge: false, acknowledge_within: '2h' })).toMatchObject({
      hasLinks: false,
      linkLife: 7_200_000,
    });
  });

  it('secrets of callbacks: one, or several while they rotate', () => {
    expect(answers({ callback: { secret: 'a' } })).toMatchObject({ callback: { secrets: ['a'], token: null } });
    expect(answers({ callback: { secret: ['a', 'b'] } })).toMatchObject({ callback: { secrets: ['a', 'b'] } });
    const feishu = { kind: 'feishu', url: 'https://open.feishu.cn/x', callback: { token: 't', key: 'k' } };
    expect(answers(feishu)).toMatchObject({ callback: { secrets: ['k'], token: 't' } });
  });

  it.each([
    [{ callback: { secret: [] } }, 'hooks.0.callback: it names no secret that callbacks are proved by'],
    [{ acknowledge_within: '8d' }, 'hooks.0.acknowledge_within: expected 1m to 7d'],
    [{ acknowledge_within: '1s' }, 'hooks.0.acknowledge_within: expected 1m to 7d'],
  ])('%j is refused', (more, fault) => {
    expect(faults(hook(more))).toEqual([fault]);
  });

  it('silences are read of an Alertmanager alone', () => {
    const alertmanager = { kind: 'alertmanager', url: 'http://am.example:9093', silences: true };
    expect(answers(alertmanager)).toMatchObject({ hasSilences: true });
    expect(answers({ silences: true })).toMatchObject({ hasSilences: false }); // the schema refuses it there
  });
});
