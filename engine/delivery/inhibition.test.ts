import { describe, expect, it } from 'vitest';
import type { AlertMessage } from '../core/wire.ts';
import { Inhibitions } from './inhibition.ts';
import { alertMessage, DeliveryRehearsal } from './testing/delivery-rehearsal.ts';

const rule = {
  isSource: ({ rule: id }: AlertMessage) => id === 'silent_channel',
  isTarget: ({ kpi }: AlertMessage) => kpi === 'csat' || kpi === 'events',
  common: ({ key }: AlertMessage) => key['channel'] ?? null,
};
const source = alertMessage('S', { rule: 'silent_channel', kpi: 'events', key: { channel: 'app' } });
const target = alertMessage('K', { key: { channel: 'app' } });

describe('an alert that mutes others', () => {
  it('16 and 17: mutes what was not told, tells what was told to its end', () => {
    const inhibitions = new Inhibitions([rule]);
    const run = new DeliveryRehearsal();
    run.isMuted = (message) => inhibitions.isMuted(message);
    run.at(0, () => inhibitions.changed(source)).at(60, () => inhibitions.changed({ ...source, state: 'resolved' }));
    run.fires(5, 'K', target).resolves(90, 'K').run(200);
    expect(run.told).toEqual(['first K @60', 'resolved K @90']);

    const other = new DeliveryRehearsal();
    other.isMuted = (message) => inhibitions.isMuted(message);
    other.at(10, () => inhibitions.changed(source));
    other.fires(0, 'K', target).resolves(20, 'K').run(200);
    expect(other.told).toEqual(['first K @0', 'resolved K @20']);
  });

  it('18: mutes neither itself nor what lacks the common dimension', () => {
    const inhibitions = new Inhibitions([rule]);
    inhibitions.changed(source);
    expect(inhibitions.isMuted(source)).toBe(false);
    expect(inhibitions.isMuted(alertMessage('L', { key: { region: 'north' } }))).toBe(false);
    expect(inhibitions.isMuted(alertMessage('M', { key: { channel: 'web' } }))).toBe(false);
    expect(inhibitions.isMuted(target)).toBe(true);
  });
});
