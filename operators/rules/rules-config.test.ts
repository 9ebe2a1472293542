/** What a rule of a configuration may say, and what is refused where it cannot be meant. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../engine/app/config/config.ts';

/** Faults of a rule on a KPI with the keys `[]` and `[channel]`. */
function faultsOf(rule: Readonly<Record<string, unknown>>): readonly string[] {
  const kpi = {
    id: 'csat',
    from: 'cx.survey.answered',
    measure: { kind: 'csat', value: 'data.score' },
    window: { kind: 'tumbling', size: '1m' },
    by: [[], ['channel']],
  };
  const parsed = parseConfig(
    { kpis: [kpi], rules: [{ id: 'low', kpi: 'csat', fire: 'value < 80', ...rule }] },
    compileExpression,
  );
  return 'faults' in parsed ? parsed.faults.map(({ at, message }) => `${at.slice(2).join('.')}: ${message}`) : [];
}

describe('a runbook', () => {
  it.each(['https://wiki.example.com/cx#low', 'http://10.0.0.5:8080/runbook?id=1', 'HTTPS://EXAMPLE.COM/a'])(
    'may be %s',
    (runbook) => {
      expect(faultsOf({ runbook })).toEqual([]);
    },
  );
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)//https://x',
    ' https://example.com',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'ftp://example.com',
    '//example.com',
    'https:\\\\example.com',
    'https://exa mple.com',
    'https://',
    'see the wiki',
    '',
  ])('may not be %j', (runbook) => {
    expect(faultsOf({ runbook })).toEqual([
      'runbook: expected an address of http or https, e.g. https://wiki.example.com/late-deliveries',
    ]);
  });
});

describe('expected keys', () => {
  it('are those of the rule, and of a rule on all keys any of its KPI', () => {
    expect(faultsOf({ on_no_data: 'fire', by: ['channel'], expect: [{ channel: 'app' }] })).toEqual([]);
    expect(faultsOf({ on_no_data: 'fire', expect: [{ channel: 'app' }, {}] })).toEqual([]);
  });
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'whose silence is no breach',
      { expect: [{ channel: 'app' }] },
      'expect: silence is no breach of this rule: write on_no_data: fire, or leave expect out',
    ],
    [
      'of other dimensions',
      { on_no_data: 'fire', by: ['channel'], expect: [{ chanel: 'app' }] },
      'expect.0: found a key by [chanel], expected one by [channel]',
    ],
    [
      'with too few dimensions',
      { on_no_data: 'fire', by: ['channel'], expect: [{}] },
      'expect.0: found a key by [], expected one by [channel]',
    ],
    [
      'named twice',
      { on_no_data: 'fire', expect: [{ channel: 'app' }, {}, { channel: 'app' }] },
      'expect.2: this key is expected twice',
    ],
    [
      'that the rule does not follow',
      { on_no_data: 'fire', fire: 'key.channel == "app" && value < 5', by: ['channel'], expect: [{ channel: 'web' }] },
      'expect.0: fire cannot hold for this key, whatever its value: the rule does not follow it',
    ],
  ])('%s are refused', (_, rule, fault) => {
    expect(faultsOf(rule)).toEqual([fault]);
  });
});

describe('an expression of a rule that can never hold is refused', () => {
  it.each([
    ['key.chanel == "app" && value < 80', 'key has no field "chanel"; did you mean channel?: it has channel'],
    ['key.channel == 5', 'key.channel is a text and 5 is a number: they are never the same'],
    ['value', 'its result is a number, expected true or false'],
    ['value % 2 == 0', '% needs whole numbers, and numbers of events are decimals: write int(value)'],
    ['n > "80"', 'n is a number and "80" is a text: neither comes before the other'],
    ['time.getHours > 3', 'time is an instant, but .getHours needs a map'],
  ])('%s', (fire, why) => {
    expect(faultsOf({ fire })).toEqual([
      `fire: the expression ${JSON.stringify(fire)} can never give a result: ${why}`,
    ]);
  });
  it('which it is not where it can', () => {
    for (const fire of [
      'value < 80',
      'low > n && key.channel != ""',
      'time.getHours("Asia/Shanghai") < 8 && value < 80',
    ])
      expect(faultsOf({ fire, recover: fire })).toEqual([]);
  });
});
