/** Labels and annotations as Prometheus and its Alertmanager know them. */
import { cutToUnits, oneLine } from './cut.ts';
import type { Writing } from './writing.ts';
import { messageOf, titleOf } from './notice-message.ts';
import type { Notice, NoticeAlert } from './notices.ts';

/** What an alert is told from others by. Dimensions that are no label names are written with `_`. */
export function labelsOf({ message }: NoticeAlert): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [dimension, value] of Object.entries(message.key)) labels[labelName(dimension)] = value;
  return {
    ...labels,
    alertname: message.rule,
    // A rule over events judges none.
    ...(message.kpi === '' ? {} : { kpi: message.kpi }),
    severity: message.severity,
    ...(message.owner === null ? {} : { owner: message.owner }),
  };
}

export function annotationsOf(alert: NoticeAlert, notice: Notice, writing: Writing): Readonly<Record<string, string>> {
  const { message } = alert;
  const { lines } = messageOf({ ...notice, alerts: [alert], unlisted: 0 }, writing);
  const description = lines.flatMap((line) =>
    line.kind === 'link' ? [] : [line.kind === 'fact' ? `${line.label}: ${line.text}` : line.text],
  );
  return {
    summary: oneLine(titleOf(message, writing.language)),
    description: cutToUnits(description.join('\n'), 4000),
    ...(message.value === null ? {} : { value: String(message.value) }),
    n: String(message.n),
    threshold: message.threshold,
    ...(message.runbook === null ? {} : { runbook_url: message.runbook }),
    ...(alert.link === null ? {} : { dashboard_url: alert.link }),
  };
}

function labelName(dimension: string): string {
  const name = dimension.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
