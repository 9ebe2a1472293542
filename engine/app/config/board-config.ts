/** `board`: what the wall-board shows. */
import { didYouMean } from '../../core/text/spelling.ts';
import { object, titles } from '../../../operators/config/config-schema-forms.ts';
import type { Titles } from '../../../operators/config/config-values.ts';
import type { ConfigPart } from '../../../operators/config/config-part.ts';
import type { KpiConfig } from '../../../operators/kpis/kpis-config.ts';

const MAX_TILES = 6;

export interface BoardConfig {
  readonly title: Titles;
  /** KPI ids, at most six. */
  readonly tiles: readonly string[];
}

export const BOARD_PART: ConfigPart<BoardConfig, { readonly kpis: readonly KpiConfig[] }> = {
  fields: {
    board: object('the wall-board', {
      title: titles('its heading'),
      tiles: {
        type: 'array',
        description: 'KPI ids, at most six; the first six unless given',
        items: { type: 'string' },
        maxItems: MAX_TILES,
        uniqueItems: true,
      },
    }),
  },
  read(root, { report }, { kpis }) {
    const section = root.section('board');
    const ids = kpis.map((kpi) => kpi.id);
    section.list('tiles').forEach((tile, i) => {
      if (typeof tile !== 'string' || ids.includes(tile)) return;
      report(section.path('tiles', i), `there is no KPI "${tile}"${didYouMean(tile, ids)}`);
    });
    return {
      title: section.has('title')
        ? section.titles('title', 'Earshot')
        : { 'zh-CN': '客户体验实时看板', en: 'Customer experience, live' },
      tiles: section.has('tiles') ? section.strings('tiles') : ids.slice(0, MAX_TILES),
    };
  },
};
