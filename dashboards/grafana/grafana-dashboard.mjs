/**
 * The Grafana dashboards made of panel-list.mjs, one in each language; `node dashboards/build.mjs grafana` writes them.
 * A test holds the written files to this list, and every metric in them to docs/reference/metrics.md.
 */
import { GOOD, ROWS } from './panel-list.mjs';

/** @typedef {import('./panel-list.mjs').Panel} Panel */
/** @typedef {import('./panel-list.mjs').Words} Words */

const SOURCE = { type: 'prometheus', uid: '${source}' };

/** @param {0 | 1} language place in `Words` */
export function dashboard(language) {
  /** @type {object[]} */
  const panels = [];
  let id = 1;
  let y = 0;
  for (const row of ROWS) {
    panels.push({
      id: id++,
      type: 'row',
      title: row.title[language],
      gridPos: { x: 0, y: y++, w: 24, h: 1 },
      panels: [],
    });
    let x = 0;
    let tallest = 0;
    for (const panel of row.panels) {
      const height = panel.height ?? (panel.kind === 'stat' ? 4 : 7);
      if (x + panel.width > 24) [x, y, tallest] = [0, y + tallest, 0];
      panels.push(panelOf(panel, id++, { x, y, w: panel.width, h: height }, language));
      x += panel.width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return {
    uid: language === 0 ? 'earshot-en' : 'earshot-zh',
    title: language === 0 ? 'Earshot: customer experience, live' : 'Earshot：客户体验实时看板',
    tags: ['earshot'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '10s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables(language) },
    annotations: { list: [] },
    panels,
  };
}

/** @param {0 | 1} language */
function variables(language) {
  const named = (/** @type {string} */ name, /** @type {Words} */ label) => ({ name, label: label[language], hide: 0 });
  const asked = (/** @type {string} */ query) => ({
    ...{ type: 'query', datasource: SOURCE, query: { query, refId: 'names' }, refresh: 2, sort: 1 },
    ...{ includeAll: true, multi: true, allValue: '.*', current: { text: 'All', value: '$__all' } },
  });
  return [
    { ...named('source', ['Data source', '数据源']), type: 'datasource', query: 'prometheus', current: {} },
    { ...named('job', ['Job', '任务']), ...asked('label_values(earshot_ready, job)') },
    { ...named('kpi', ['KPI', '指标']), ...asked('label_values(earshot_kpi_value, kpi)'), multi: true },
  ];
}

/** @param {Panel} panel @param {number} id @param {object} gridPos @param {0 | 1} language */
function panelOf(panel, id, gridPos, language) {
  const isTable = panel.kind === 'table';
  const steps = (panel.steps ?? [[null, GOOD]]).map(([value, color]) => ({ value, color }));
  return {
    id,
    type: panel.kind,
    title: panel.title[language],
    ...(panel.about && { description: panel.about[language] }),
    gridPos,
    datasource: SOURCE,
    targets: panel.of.map(([expr, legendFormat], i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource: SOURCE, expr, legendFormat },
      ...(isTable || panel.kind === 'stat' ? { instant: true, format: isTable ? 'table' : 'time_series' } : {}),
    })),
    fieldConfig: {
      defaults: {
        ...(panel.unit && { unit: panel.unit }),
        ...(panel.kind === 'bargauge' && { min: 0, max: 1 }),
        ...(panel.kind === 'timeseries' && {
          custom: { lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false },
        }),
        thresholds: { mode: 'absolute', steps },
      },
      overrides: [],
    },
    options: optionsOf(panel.kind),
    ...(isTable && {
      transformations: [{ id: 'organize', options: { excludeByName: { Time: true }, renameByName: { Value: 'n' } } }],
    }),
  };
}

/** @param {Panel['kind']} kind */
function optionsOf(kind) {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  if (kind === 'stat') return { reduceOptions, colorMode: 'background', graphMode: 'none' };
  if (kind === 'bargauge') return { reduceOptions, orientation: 'horizontal', displayMode: 'basic' };
  if (kind === 'table') return { showHeader: true };
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
}

export const FILES = /** @type {const} */ ([
  ['earshot.en.json', 0],
  ['earshot.zh-CN.json', 1],
]);
/** @param {0 | 1} language */
export const written = (language) => `${JSON.stringify(dashboard(language), null, 2)}\n`;
