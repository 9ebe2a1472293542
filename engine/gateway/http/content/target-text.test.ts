import { expect, it } from 'vitest';
import { isPercentUtf8 } from './target-text.ts';

it.each(['', '/v1/kpis', '/%E6%BB%A1%e6%84%8f', 'a=%F0%9F%98%80&b=%00', '%25', 'a%2Fb'])('takes %s', (text) => {
  expect(isPercentUtf8(text)).toBe(true);
});

it.each(['%', '%4', '%zz', '100%', '%FF', '%C0%AF', '%E6%BB', '%ED%A0%80', '%E6/%BB%A1', 'a=%80'])(
  'refuses %s',
  (text) => {
    expect(isPercentUtf8(text)).toBe(false);
  },
);
