/** The words of the receiver's page, in both languages; messages are in the language of their hook. */
import type { Millis } from '../../../core/types.ts';
import type { Language } from '../../../../operators/notices/writing.ts';

export interface PageTexts {
  readonly title: string;
  readonly what: string;
  readonly board: string;
  readonly other: readonly [Language, string];
  readonly none: string;
  readonly feishu: string;
  readonly slack: string;
  readonly pagerduty: string;
  readonly webhook: string;
  readonly acknowledgePage: string;
  readonly verified: string;
  readonly failed: string;
  readonly lost: string;
  readonly time: (at: Millis) => string;
}

const clock = (language: Language) => {
  const format = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (at: Millis): string => format.format(at);
};

export const PAGE_TEXTS: Readonly<Record<Language, PageTexts>> = {
  'zh-CN': {
    title: '演示：告警送到哪里',
    what: '演示的告警发到这台机器上的四个接收端，按各工具的样子显示。在这里认领，看板和其他接收端会同步。',
    board: '打开看板',
    other: ['en', 'English'],
    none: '还没有消息：异常在启动 20 秒后开始，约半分钟后第一条告警到达。',
    feishu: '飞书群（中文）',
    slack: 'Slack 频道（英文）',
    pagerduty: 'PagerDuty 事件',
    webhook: 'Webhook（程序）',
    acknowledgePage: '打开认领页面',
    verified: '签名有效',
    failed: '没有成功：Earshot 没有接受。',
    lost: '演示已结束，或连接中断。',
    time: clock('zh-CN'),
  },
  en: {
    title: 'Demo: where alerts arrive',
    what: 'The alerts of the demo are sent to four receivers on this machine, shown as their tools would. Acknowledge here, and the board and the other receivers know.',
    board: 'Open the board',
    other: ['zh-CN', '中文'],
    none: 'No message yet: the incident begins 20 s after the start, its first alert arrives half a minute later.',
    feishu: 'Feishu group (Chinese)',
    slack: 'Slack channel (English)',
    pagerduty: 'PagerDuty incidents',
    webhook: 'Webhook (a program)',
    acknowledgePage: 'Open the page to acknowledge',
    verified: 'signature verified',
    failed: 'It did not work: Earshot has not taken it.',
    lost: 'The demo has ended, or cannot be reached.',
    time: clock('en'),
  },
};
