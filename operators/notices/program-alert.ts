/** An alert as programs read it: flat names, numbers as numbers, texts masked as they are in the stream. */
import type { Message } from './notice-message.ts';
import type { NoticeAlert } from './notices.ts';

export function programAlert({ message, link }: NoticeAlert, { lines }: Message): Readonly<Record<string, unknown>> {
  const text = lines.flatMap((line) =>
    line.kind === 'link' ? [] : [line.kind === 'fact' ? `${line.label}: ${line.text}` : line.text],
  );
  return {
    alert: message.alert,
    rule: message.rule,
    // A rule over events judges none.
    kpi: message.kpi === '' ? null : message.kpi,
    key: message.key,
    state: message.state,
    value: message.value,
    n: message.n,
    interval: message.interval,
    threshold: message.threshold,
    since: message.since,
    at: message.at,
    severity: message.severity,
    owner: message.owner,
    causes: message.causes,
    samples: message.samples.slice(0, 3),
    acked: message.acked,
    link,
    text: text.join('\n'),
  };
}
