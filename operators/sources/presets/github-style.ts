/**
 * Webhooks as GitHub signs them, and Gitea, Forgejo and many tools of companies' own after it
 * (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries): what they mean the user's `map` says.
 */
import { rule } from '../map-rule.ts';
import type { Preset } from './preset.ts';

export const githubStyle: Preset = {
  name: 'github-style',
  about: {
    en: 'any tool that signs as GitHub does: `map` is yours',
    'zh-CN': '签名方式与 GitHub 相同的工具：`map` 自己写',
  },
  verify: { scheme: 'hub' },
  needsQuestions: false,
  map: [rule({ when: '"x-github-event" in headers && headers["x-github-event"] == "ping"', ignore: true })],
};
