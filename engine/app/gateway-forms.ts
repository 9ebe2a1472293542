/** What passes between the gateway, which knows no KPI and no broker, and the engine behind it, in the form that each takes. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Command, GatewayOptions, JourneyDescription } from '../gateway/gateway-ports.ts';
import { readCertificate } from '../gateway/server/certificate.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import type { StorableMessage } from '../adapters/nats/publisher.ts';
import type { SignControl } from '../adapters/keys/control-signature.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { formatInstant } from '../core/cloud-events.ts';
import type { KpiDescription, RuleDescription } from '../core/wire.ts';
import { SIGNATURE_HEADER } from '../../operators/events/checks/control-check.ts';
import type { ControlTypeName } from '../../operators/events/types/event-types.ts';
import { FUNNEL_KPIS, funnelDimensions, funnelKpiId, funnelOf } from '../../operators/journeys/funnel.ts';
import type { JourneyConfig } from '../../operators/journeys/journey.ts';
import type { Config } from './config/config.ts';
import type { KpiConfig } from '../../operators/kpis/kpis-config.ts';
import { breachOf } from '../../operators/rules/reason.ts';
import type { RuleConfig } from '../../operators/rules/rules-config.ts';

/** Throws EngineError CONFIG_NOT_FOUND or CONFIG_INVALID where the TLS files cannot be used. */
export function gatewayOptions({ http, nats }: Config): GatewayOptions {
  // The gateway reads them again whenever they change: it is given their names.
  if (http.tls !== null) readCertificate(http.tls);
  const { limits, ...options } = http;
  return {
    ...options,
    rates: {
      ...{ api: limits.requests, events: limits.events, connect: limits.connections },
      ...{ frames: limits.frames, links: limits.links, callbacks: limits.callbacks },
    },
    maxBodyBytes: limits.bodyBytes,
    maxBodiesBytes: limits.bodiesBytes,
    maxAnswersBytes: limits.answersBytes,
    maxMessageBytes: limits.messageBytes,
    maxConcurrent: limits.concurrent,
    maxHistories: limits.histories,
    maxTickets: limits.tickets,
    assets: join(packageRoot(), 'dist', 'dashboards'),
    sessionsFile: `${nats.embedded.store}.keys/display-sessions.json`,
  };
}

export function describeJourney(journey: JourneyConfig): JourneyDescription {
  const { id, title, funnel } = journey;
  return {
    ...{ id, title },
    kpis: funnel === null ? [] : FUNNEL_KPIS.map((kpi) => funnelKpiId(journey, kpi)),
    dimensions: funnelDimensions(journey),
    funnel: (values) => funnelOf(journey, values),
  };
}

export function describeKpi({
  id,
  title,
  unit,
  decimals,
  better,
  target,
  by,
  window,
}: KpiConfig): Omit<KpiDescription, 'values'> {
  return { id, title, unit, decimals, better, target, by, window };
}

export function describeRule(rule: RuleConfig): RuleDescription {
  const { id, title, kpi, by, recover, severity, owner, runbook } = rule;
  return {
    ...{ id, title, kpi, by, recover, severity, owner, runbook },
    // As alerts write it: a trend has no expression of its own.
    fire: breachOf(rule).en,
    for_ms: rule.forMs,
    min_n: rule.minN,
  };
}

/** A decision of a person, on its way into the input like any other event, so that it takes part in replay. */
export function commandMessage(
  { type, data }: Command & { readonly type: ControlTypeName },
  sign: SignControl,
): StorableMessage {
  const id = randomUUID();
  const time = formatInstant(systemClock.now());
  const event = { specversion: '1.0', id, source: '/gateway', type, time, data: { channel: 'internal', ...data } };
  const payload = Buffer.from(JSON.stringify(event));
  return {
    subject: 'cx.events.internal.control.-',
    headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': id, [SIGNATURE_HEADER]: sign(payload) },
    data: payload,
  };
}
