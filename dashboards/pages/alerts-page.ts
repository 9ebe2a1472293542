/** The entry of `alerts/`: all alerts, or with `?alert=<id>` one of them. */
import { alertsAddress } from '../model/pages/page-address.ts';
import { alertsList } from './alerts-list.ts';
import { oneAlert } from './one-alert.ts';
import { openPage } from './open-page.ts';

const { alert, ...filter } = alertsAddress(location.search);
void openPage(
  'alerts',
  () => ({ topics: ['kpi/*'], maxHz: 1, headline: {} }),
  (context) => (alert === null ? alertsList(context, filter) : oneAlert(context, alert)),
);
