import { expect, it } from 'vitest';
import { pathsOf } from './expression-paths.ts';

it.each([
  ['data.customer.tier == "vip"', ['data.customer.tier']],
  ['data.priority == "urgent" && data.n > 1.5 || data.priority == "data.x"', ['data.priority', 'data.n']],
  ['has(data.text) && size(data.text) > 10', ['data.text']],
  ['data.tags.exists(t, t == "x" && enrichment.urgency == t)', ['data.tags', 'enrichment.urgency']],
  ['data.text.contains("很差") // data.no', ['data.text']],
  ['data["metric"] == channel', ['data', 'channel']],
  ['true', []],
])('the fields that %s reads', (source, expected) => {
  expect(pathsOf(source).map((path) => path.join('.'))).toEqual(expected);
});
