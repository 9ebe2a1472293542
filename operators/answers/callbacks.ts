/** The kinds of tools that call back when people answer there. Another one is a file and a line here. */
import type { CallbackKind } from './callback.ts';
import { dingtalkCallback } from './dingtalk-callback.ts';
import { feishuCallback } from './feishu-callback.ts';
import { pagerdutyCallback } from './pagerduty-callback.ts';
import { slackCallback } from './slack-callback.ts';

const CALLBACKS: readonly CallbackKind[] = [pagerdutyCallback, slackCallback, feishuCallback, dingtalkCallback];

/** undefined: tools of this kind do not call back. */
export function callbackOf(kind: string): CallbackKind | undefined {
  return CALLBACKS.find((one) => one.kind === kind);
}
