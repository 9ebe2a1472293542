/**
 * The catalogue of cases of alert delivery (Alertmanager, Grafana, PagerDuty, GoAlert, Uptime Kuma and others): where each one is
 * a test here, by what its title says. A test that moves or is renamed takes its line along. All fifty apply.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const QUEUE = 'engine/delivery/hook-queue.test.ts';
/** The same over real HTTP. */
const WHOLE = 'engine/app/hooks/hook-cases.test.ts';
/** Whole hooks and receivers that lie, leave or send elsewhere. */
const HOSTILE = 'engine/app/hooks/hostile-receivers.test.ts';
const INHIBITION = 'engine/delivery/inhibition.test.ts';
const DESTINATIONS = 'operators/destinations/destinations.test.ts';
const HTTP = 'engine/adapters/outgoing/outgoing-http.test.ts';
const ADDRESSES = 'engine/adapters/outgoing/address-guard.test.ts';
const MAIL = 'engine/adapters/outgoing/outgoing-mail.test.ts';
const CUT = 'operators/notices/cut.test.ts';
const LINKS = 'engine/app/hooks/answers/answer-links.integration.test.ts';
const CALLBACKS = 'engine/app/hooks/answers/hook-callbacks.integration.test.ts';

const CASES: readonly (readonly [number, string, string])[] = [
  [1, QUEUE, "'1: "],
  [2, QUEUE, "'2: "],
  [3, QUEUE, "'3: "],
  [4, QUEUE, "'4: "],
  [5, QUEUE, "'5: "],
  [6, QUEUE, "'6: "],
  [7, QUEUE, "'7: "],
  [8, QUEUE, "'8: "],
  [8, WHOLE, "'8: "],
  [9, QUEUE, "'9: "],
  [10, QUEUE, "'10: "],
  [11, QUEUE, "'11: "],
  [12, LINKS, "'12: "],
  [12, 'operators/controls/rules-controls.test.ts', "'12: "],
  [13, QUEUE, "'13: "],
  [14, QUEUE, "'14: "],
  [15, QUEUE, "'15: "],
  [16, INHIBITION, "'16 and 17: "],
  [17, INHIBITION, "'16 and 17: "],
  [18, INHIBITION, "'18: "],
  [19, QUEUE, "'19: "],
  [19, WHOLE, "'19: "],
  [20, DESTINATIONS, "'20: "],
  [21, DESTINATIONS, "'21: "],
  [22, DESTINATIONS, "'22: "],
  [23, HTTP, "'23: "],
  [23, HOSTILE, "'23: "],
  [24, HTTP, "'24: "],
  [24, MAIL, "'24: "],
  [24, WHOLE, "'24: "],
  [25, HTTP, "'25: "],
  [25, MAIL, "'25: "],
  [25, QUEUE, "'25: "],
  [25, WHOLE, "'25: "],
  [26, QUEUE, "'26: "],
  [27, QUEUE, "'27: "],
  [28, QUEUE, "'28 and 29: "],
  [28, WHOLE, "'28 and 29: "],
  [29, QUEUE, "'28 and 29: "],
  [29, WHOLE, "'28 and 29: "],
  [30, CUT, "'30: "],
  [31, CUT, "'31: "],
  [32, DESTINATIONS, "'32: "],
  [33, DESTINATIONS, "'33: "],
  [34, DESTINATIONS, "'34: "],
  [35, DESTINATIONS, "'35: "],
  [36, DESTINATIONS, "'36: "],
  [37, QUEUE, "'37: "],
  [37, WHOLE, "'37: "],
  [38, DESTINATIONS, "'38: "],
  [39, ADDRESSES, "'39: "],
  [40, ADDRESSES, "'40: "],
  [40, 'engine/app/config/hook-addresses.test.ts', "'40: "],
  [41, CALLBACKS, "'41"],
  [42, CALLBACKS, "'42"],
  [43, 'engine/app/hooks/hook-clock.test.ts', "'43: "],
  [43, HOSTILE, "'43: "],
  [44, 'engine/testing/end-to-end/faults/hook-kills.integration.test.ts', '`44: '],
  [45, CALLBACKS, "'45"],
  [46, HTTP, "'46: "],
  [46, MAIL, "'46: "],
  [46, HOSTILE, "'46: "],
  [47, 'engine/adapters/outgoing/proxy-tunnel.test.ts', "'47: "],
  [48, QUEUE, "'48: "],
  [49, DESTINATIONS, "'49: "],
  [49, 'engine/app/hooks/hook-secrets.test.ts', "'49: "],
  [50, 'engine/testing/end-to-end/hooks.integration.test.ts', "'50: "],
];

describe('the catalogue of cases of alert delivery', () => {
  it('has each of its fifty cases', () => {
    expect([...new Set(CASES.map(([number]) => number))]).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it.each(CASES)('%i is in %s', (_, file, title) => {
    const text = readFileSync(join(packageRoot(), file), 'utf8');
    expect(text).toMatch(new RegExp(`(it|describe)(\\.each\\([\\s\\S]*?\\))?\\(\\s*${title.replaceAll('`', '`')}`));
  });
});
