/** The entry of `voices/`: issues by the KPI that counts them, or the one that `?kpi=` names. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { issueKpi } from '../model/voices/voices-model.ts';
import { openPage } from './open-page.ts';
import { voicesView } from './voices-view.ts';

let kpi: KpiDescription | null = null;
void openPage(
  'voices',
  (_settings, { known }) => {
    kpi = issueKpi(known, new URLSearchParams(location.search).get('kpi'));
    return { topics: kpi === null ? [] : [`kpi/${kpi.id}`], maxHz: 1, headline: {} };
  },
  (context) => voicesView(context, kpi),
);
