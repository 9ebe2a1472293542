/** Journeys in short: `u1 cart 10:00` is a step of customer u1 on Monday, 2026-03-02, Shanghai time; a day is `03-03T10:00`. */
import { parse } from 'yaml';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { parseConfig, type Config } from '../../../engine/app/config/config.ts';
import { must } from '../../../engine/core/must.ts';
import type { JsonObject, Millis } from '../../../engine/core/types.ts';
import type { Observed, Step } from '../../../engine/testing/verify-operator.ts';
import { specimenEvent } from '../../kpis/testing/specimens.ts';
import type { CxEnvelope, CxEvent } from '../../shared/messages.ts';

export const CHECKOUT = `
journeys:
  - id: checkout
    key: data.customer.id
    steps:
      - {id: cart, on: cx.journey.step, where: data.step == "cart"}
      - {id: pay, on: cx.journey.step, where: data.step == "pay"}
      - {id: done, on: cx.journey.step, where: data.step == "done"}
    stall: 10m
    expire: 24h
    keep: [channel]
kpis:
  - {id: cart_to_pay, measure: {kind: conversion, journey: checkout, from: cart, to: pay}, window: {kind: tumbling, size: 7d}, by: [[], [channel]]}
  - {id: pay_to_done, measure: {kind: conversion, journey: checkout, from: pay, to: done}, window: {kind: tumbling, size: 7d}}
  - {id: cart_to_done, measure: {kind: conversion, journey: checkout, from: cart, to: done}, window: {kind: tumbling, size: 7d}}
  - {id: drop_cart, measure: {kind: drop_off, journey: checkout, step: cart}, window: {kind: tumbling, size: 7d}}
  - {id: drop_pay, measure: {kind: drop_off, journey: checkout, step: pay}, window: {kind: tumbling, size: 7d}}
  - {id: in_cart, measure: {kind: time_in_step, journey: checkout, step: cart}, window: {kind: tumbling, size: 7d}}
  - {id: in_pay, measure: {kind: time_in_step, journey: checkout, step: pay}, window: {kind: tumbling, size: 7d}}
  - {id: stalls, from: journey.checkout, where: data.event == "stalled", measure: {kind: count}, window: {kind: tumbling, size: 7d}}
  - {id: recovered, from: journey.checkout, where: data.event == "recovered", measure: {kind: count}, window: {kind: tumbling, size: 7d}}
`;

export function configOf(yaml: string): Config {
  const parsed = parseConfig(parse(yaml), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

export function instantOf(text: string): Millis {
  const [day, time] = text.includes('T') ? (text.split('T') as [string, string]) : ['03-02', text];
  return Date.parse(`2026-${day}T${time}${time.length === 5 ? ':00' : ''}+08:00`);
}
export function stepOf(customer: string, step: string, at: Millis, more: JsonObject = {}): CxEnvelope {
  const data = { channel: 'app', customer: { id: customer }, journey: 'checkout', step, outcome: 'entered', ...more };
  const event = specimenEvent(at, data, { type: 'cx.journey.step' });
  const eventId = `${customer}-${step}-${String(at)}`;
  return { ...event, id: `/s|${eventId}`, value: { ...event.value, source: '/s', eventId } };
}
/** In the order of arrival; time follows without delay. */
export function stepsOf(text: string): readonly Step<CxEvent>[] {
  let watermark = 0;
  return text.split(',').flatMap((one): Step<CxEvent>[] => {
    const [customer, step, time] = one.trim().split(/\s+/);
    const event = stepOf(must(customer), must(step), instantOf(must(time)));
    watermark = Math.max(watermark, event.ts);
    return [{ event }, { watermark }];
  });
}

/** The last value of each KPI for the whole company: `value/n`. */
export function figuresOf(output: readonly Observed[]): Readonly<Record<string, string>> {
  const figures: Record<string, string> = {};
  for (const one of output) {
    if (!('send' in one) || !one.send.subject.startsWith('cx.kpi.')) continue;
    const { kpi, key, value, n } = one.send.data as unknown as {
      kpi: string;
      key: JsonObject;
      value: number | null;
      n: number;
    };
    if (Object.keys(key).length > 0) continue;
    figures[kpi] = `${value === null ? '–' : String(Math.round(value * 10) / 10)}/${String(n)}`;
  }
  return figures;
}
/** What is to be done, in its order: `stalled cart 10:18`, in Shanghai time. */
export function actionsOf(output: readonly Observed[]): readonly string[] {
  return output.flatMap((one) => {
    if (!('send' in one) || one.send.subject !== 'cx.actions.journey_stalled') return [];
    const { state, step } = one.send.data as Readonly<Record<'state' | 'step', string>>;
    const local = new Date(one.send.time + 8 * 3_600_000).toISOString();
    return [`${state} ${step} ${local.slice(5, 16)}`];
  });
}
