/** All destinations. One that is listed is configured, checked, documented and called; nothing else knows their kinds. */
import { must } from '../../engine/core/must.ts';
import { alertmanager } from './alertmanager.ts';
import { type Destination } from './destination.ts';
import { dingtalk } from './dingtalk.ts';
import { email } from './email.ts';
import { feishu } from './feishu.ts';
import { flashduty } from './flashduty.ts';
import { goalert } from './goalert.ts';
import { ntfy } from './ntfy.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

const LIST = [
  pagerduty,
  alertmanager,
  webhook,
  wecom,
  dingtalk,
  feishu,
  slack,
  teams,
  telegram,
  email,
  ntfy,
  flashduty,
  goalert,
  opsgenie,
];

export const DESTINATIONS: readonly Destination[] = LIST;
const BY_KIND: ReadonlyMap<string, Destination> = new Map(DESTINATIONS.map((one) => [one.kind, one]));

export function destinationOf(kind: string): Destination {
  return must(BY_KIND.get(kind), 'every kind that was configured is in the list');
}
