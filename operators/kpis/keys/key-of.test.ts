import { describe, expect, it } from 'vitest';
import { dimension, keyIdOf } from './key-of.ts';
import { specimenEvent } from '../testing/specimens.ts';

describe('dimension', () => {
  const event = specimenEvent(
    0,
    {
      region: '华东',
      store: 12,
      vip: true,
      list: ['a'],
      customer: { tier: 'vip', segment: null },
      owner: 'from data',
      survey: { wave: { name: 'w1' } },
    },
    {
      type: 'cx.survey.answered',
      enrichment: {
        sentiment: { label: 'negative', score: -1, intensity: 'negative', confidence: 1 },
        issues: [{ label: 'wait_time', confidence: 0.9 }],
        urgency: 'high',
        lang: 'zh',
      },
    },
  ).value;
  it.each([
    ['channel', 'app'],
    ['type', 'cx.survey.answered'],
    ['family', 'survey'],
    ['region', '华东'],
    ['store', '12'],
    ['vip', 'true'],
    ['list', ''],
    ['missing', ''],
    ['toString', ''],
    ['tier', 'vip'],
    ['segment', ''],
    ['sentiment', 'negative'],
    ['issue', 'wait_time'],
    ['urgency', 'high'],
    ['owner', 'from data'],
    ['lang', 'zh'],
    ['survey.wave.name', 'w1'],
    ['data.survey.wave.name', 'w1'],
    ['survey.missing.name', ''],
    ['region.length', ''],
  ])('%s is %j', (name, expected) => {
    expect(dimension(name)(event)).toBe(expected);
  });
  it('cuts what is no label', () => {
    expect(dimension('region')(specimenEvent(0, { region: 'x'.repeat(10_000) }).value)).toHaveLength(200);
  });
});

describe('keyIdOf', () => {
  it('does not depend on the order of the names, and no two keys have the same', () => {
    expect(keyIdOf([], [])).toBe('');
    expect(keyIdOf(['region', 'channel'], ['east', 'app'])).toBe('channel=app,region=east');
    expect(keyIdOf(['a', 'b'], ['1,b=2', ''])).not.toBe(keyIdOf(['a', 'b'], ['1', '2']));
    expect(keyIdOf(['a'], ['50%'])).toBe('a=50%25');
  });
});
