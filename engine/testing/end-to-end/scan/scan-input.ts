/** Events whose every name, id and text is a personal value: cases, journeys, clocks, actions, facts, calls, orders, surveys. */
import { must } from '../../../core/must.ts';
import type { Json, JsonObject } from '../../../core/types.ts';
import { VALUES as ALL } from '../../../../operators/events/masking/testing/scan-places.ts';

/** All of them go through a running engine in scan-running. */
export const VALUES: readonly string[] = ALL.filter((_, i) => i % 3 === 0);
/** In fields that say that they hold a name. */
export const NAMES = [
  '欧阳震华',
  '司徒婉清',
  '慕容云海',
  'Grzegorz Brzeczyk',
  'Thandiwe Nkosikazi',
  'Xochitl Quetzalli',
];

let ids = 0;
export function eventOf(type: string, data: JsonObject, more: JsonObject = {}): JsonObject {
  ids += 1;
  const time = new Date().toISOString();
  return { specversion: '1.0', id: `p-${ids}`, source: '/people', type, time, ...more, data };
}

/** A number where it is one: as JSON has it. */
export function asNumber(value: string): Json {
  return /^[1-9][0-9]{9,14}$/.test(value) ? Number(value) : value;
}

/** What one person does under one value: a case, and one of what goes with it. */
export function eventsOf(value: string, i: number): readonly JsonObject[] {
  const name = NAMES[i % NAMES.length] as string;
  const customer = {
    ...{ id: value, name, phone: asNumber(value), email: value },
    ...{ tier: value, segment: value, contact: { mobile: asNumber(value), full_name: name } },
  };
  const common = {
    priority: i % 13 === 0 ? 'urgent' : 'normal', // of all kinds of events, no more than the destinations are called about at once
    ...{ channel: 'app', region: value, product: value, store: value, team: value, agent: value, owner: value },
    ...{ customer, cust_name: name, rider: { name }, contact_mobile: asNumber(value), address: { line1: value } },
  };
  const of = (type: string, data: JsonObject): JsonObject =>
    eventOf(
      type,
      { ...common, ...data },
      { subject: value, custname: name, customerphone: value, [extension(value)]: 1 },
    );
  const opened = of('cx.case.opened', {
    case: value,
    class: value,
    complaint: true,
    text: `太差了，打${value}`,
  });
  const others = [
    of('cx.journey.step', { journey: 'checkout', step: 'cart', outcome: 'entered' }),
    of('cx.interaction.message', { conversation: value, author: 'customer', text: `没人回 ${value}`, case: value }),
    of('cx.survey.answered', { survey: value, metric: 'csat', score: 1, text: value, touchpoint: value, case: value }),
    of('cx.interaction.call', { call: value, outcome: 'answered', wait_s: 9, transcript: `我的号码是${value}` }),
    of('cx.case.replied', { case: value, author: 'agent', note: { [value]: value } }),
  ];
  return [opened, must(others[i % others.length])];
}

/** Attributes have names of small letters and digits, a letter first: without its dots a network address is none. */
function extension(value: string): string {
  const name = /^[0-9]+(?:\.[0-9]+){3}$/.test(value) ? '' : value.toLowerCase().replace(/[^a-z0-9]/g, '');
  return `x${name.slice(0, 19)}`;
}

export const PEOPLE: readonly JsonObject[] = VALUES.flatMap(eventsOf);
