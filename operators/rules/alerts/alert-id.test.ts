import { expect, it } from 'vitest';
import { alertId } from './alert-id.ts';

it('the id of an alert stays the same for ever: it is in streams, boards and on-call tools', () => {
  expect(alertId('csat_low', '{"channel":"app"}', 1772442904120)).toBe('a464a23e6dae309bb');
});
