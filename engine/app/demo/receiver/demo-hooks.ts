/** The hooks of the demo: four tools on this machine, each with secrets of its own, made at each start. */
import { randomBytes } from 'node:crypto';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { must } from '../../../core/must.ts';
import { parseConfig, type Config } from '../../config/config.ts';
import type { ToolSecrets } from './tools.ts';

export function newSecrets(): ToolSecrets {
  const text = (bytes = 24): string => randomBytes(bytes).toString('base64url');
  return {
    path: text(),
    feishu: text(),
    slack: text(),
    pagerduty: text(),
    webhook: `whsec_${randomBytes(32).toString('base64')}`,
  };
}

/** Besides those that are configured; one of theirs that has the same name stays as it is. `base`: where the receiver listens. */
export function withDemoHooks(config: Config, base: string, secrets: ToolSecrets): Config {
  const common = { allow: ['127.0.0.1'] };
  const at = (tool: string): string => `${base}/in/${secrets.path}/${tool}`;
  const raw = [
    { id: 'demo_feishu', kind: 'feishu', url: at('feishu'), language: 'zh-CN', callback: { token: secrets.feishu } },
    { id: 'demo_slack', kind: 'slack', url: at('slack'), language: 'en', callback: { secret: secrets.slack } },
    {
      id: 'demo_pagerduty',
      kind: 'pagerduty',
      url: at('pagerduty'),
      key: 'demo',
      language: 'en',
      callback: { secret: secrets.pagerduty },
    },
    { id: 'demo_webhook', kind: 'webhook', url: at('webhook'), secret: secrets.webhook, language: 'zh-CN' },
  ];
  const parsed = parseConfig({ hooks: raw.map((hook) => ({ ...hook, ...common })) }, compileExpression);
  const own = must('config' in parsed ? parsed.config.hooks : null, 'the hooks of the demo are good');
  const taken = new Set(config.hooks.map(({ id }) => id));
  return { ...config, hooks: [...config.hooks, ...own.filter(({ id }) => !taken.has(id))] };
}
