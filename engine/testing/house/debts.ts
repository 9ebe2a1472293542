/** What the plan does not allow and still stands: to be mended, never to grow. */
export const DEBTS: readonly string[] = [
  'operators/events/',
  'operators/events/masking/mask-fields.ts: const known = new Map<string, Field>()',
  'operators/kpis/output/report.ts: let lastWindow',
  'operators/kpis/output/report.ts: let lastInstants',
  'operators/kpis/output/report.ts: let lastTime',
  'operators/kpis/output/report.ts: let lastText',
  'operators/kpis/saved/migrate.ts: const NOTHING: ReadonlySet<string> = new Set()',
  'dashboards/boards/main.ts: show',
  'dashboards/view/tile-element.ts: tileElement',
  'dashboards/view/wall-frame.ts: wallFrame',
  'engine/gateway/documents/asyncapi.ts: asyncapi',
  'engine/gateway/gateway.ts: startGateway',
  'engine/gateway/metrics/engine-metrics.ts: engineFamilies',
  'engine/gateway/server/ws-server.ts: openWsServer',
  'models/lab/evaluate-sentiment.mjs: main',
  'operators/events/event.ts: checkEvent',
  'score.ts: engine/app/commands/score.ts, operators/scoring/score.ts',
  'Silences: engine/gateway/routes/pending-silences.ts, operators/controls/silences.ts',
];

/** Rooms whose circles are still to be opened. */
export const CIRCLES: readonly string[] = ['operators/kpis/'];
