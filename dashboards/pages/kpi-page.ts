/** The entry of `kpi/?kpi=<id>`: the history of one KPI and key. */
import { kpiAddress } from '../model/pages/page-address.ts';
import { kpiView } from './kpi-view.ts';
import { openPage } from './open-page.ts';

const address = kpiAddress(location.search);
void openPage(
  'kpi',
  ({ where }) => ({
    topics: address.kpi === '' ? [] : [`kpi/${address.kpi}`], // the address may name none
    maxHz: 1,
    headline: Object.keys(address.key).length > 0 ? address.key : where,
  }),
  (context) => kpiView(context, address),
);
