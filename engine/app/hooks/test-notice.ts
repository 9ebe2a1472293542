/** One notice, marked as a test, sent as configured: `earshot hooks test`, `POST /v1/hooks/<id>/test`. */
import { formatInstant } from '../../core/cloud-events.ts';
import type { Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { Outcome } from '../../delivery/records.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import { Hook } from './hook.ts';

export async function sendTestNotice(config: HookConfig, zone: string, now: Millis): Promise<Outcome> {
  const hook = new Hook({ ...config, quiet: null }, { zone, calendars: new Map() });
  try {
    return await hook.send(
      {
        ...{ id: `test-${now}`, kind: 'test', thread: null, made: now, group: {}, alerts: [testAlert(now)] },
        ...{ standing: 0, wasMuted: false, attempts: 0, notBefore: now, isUnknown: false, isSending: true },
      },
      now,
    );
  } finally {
    hook.close();
  }
}

/** Of no rule: nobody takes it for an alert. */
function testAlert(now: Millis): AlertMessage {
  const at = formatInstant(now);
  return {
    ...{ alert: `test${now}`, rule: 'earshot_test', kpi: 'earshot_test', key: {}, state: 'firing', previous: null },
    ...{ value: null, n: 0, interval: null, threshold: '', window: { start: at, end: at }, since: at, at },
    reason: 'This is a test of the hook; nothing is wrong.',
    reason_zh: '这是一条测试通知，一切正常。',
    title: { 'zh-CN': '测试通知', en: 'Test notice' },
    ...{ causes: [], samples: [], owner: null, runbook: null, severity: 'info', acked: null, silenced: false },
  };
}
