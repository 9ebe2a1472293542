/** Settings of every kind, as a configuration gives them: each with its secrets, to look for where they must not be. */
export const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  pagerduty: { key: 'R0UT1NGSECRET' },
  alertmanager: { url: 'http://alertmanager.example:9093/base/', username: 'u', password: 'PASSW0RDSECRET' },
  webhook: { url: 'https://hooks.example/in?t=T0KENSECRET', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  wecom: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=WECOMSECRET' },
  dingtalk: { url: 'https://oapi.dingtalk.com/robot/send?access_token=DINGSECRET', secret: 'SECdemo0123456789' },
  feishu: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/FEISHUSECRET', secret: 'demo' },
  slack: { url: 'https://hooks.slack.com/services/T0/B0/SLACKSECRET' },
  teams: { url: 'https://prod-1.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=TEAMSSECRET' },
  telegram: { token: '123456:TELEGRAMSECRET', chat: '-100123' },
  email: { smtp: 'smtps://user:MAILSECRET@mail.example:465', from: 'earshot@example.com', to: ['oncall@example.com'] },
  ntfy: { topic: 'TOPICSECRET', token: 'tk_NTFYSECRET' },
  flashduty: { key: 'FLASHSECRET' },
  goalert: { key: 'GOALERTSECRET', url: 'https://goalert.example' },
  opsgenie: { key: 'GENIESECRET' },
};
