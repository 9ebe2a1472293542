/** The entry of `heat/`: one KPI over two dimensions, or with `?by=channel` every KPI by one. */
import { heatAddress } from '../model/pages/page-address.ts';
import { heatPlan, heatView, type HeatPlan } from './heat-view.ts';
import { openPage } from './open-page.ts';

const address = heatAddress(location.search);
let plan: HeatPlan | null = null;
void openPage(
  'heat',
  (_settings, admitted) => {
    plan = heatPlan(address, admitted);
    const topics = plan === null ? [] : (plan.kind === 'kpi' ? [plan.kpi] : plan.kpis).map(({ id }) => `kpi/${id}`);
    return { topics, maxHz: 1, headline: {} };
  },
  (context) => heatView(context, plan),
);
