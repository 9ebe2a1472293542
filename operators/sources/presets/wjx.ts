/** 问卷星's 数据推送 (https://www.showdoc.com.cn/wjxopenapi/7664690808275512): each answer as JSON, questions as q1, q2, … */
import { rule } from '../map-rule.ts';
import type { Preset } from './preset.ts';

const scored = 'questions.filter(q, questions[q].metric != "text" && q in body && body[q] != "")';
const texts = 'questions.filter(t, questions[t].metric == "text" && t in body && body[t] != "")';

export const wjx: Preset = {
  name: 'wjx',
  about: { en: 'WJX (问卷星): answered surveys', 'zh-CN': '问卷星：问卷答复' },
  verify: { scheme: 'wjx' },
  zone: 'Asia/Shanghai',
  needsQuestions: true,
  map: [
    rule({
      when: 'has(body.activity) && has(body.joinid)',
      each: scored,
      type: 'cx.survey.answered',
      id: 'string(body.activity) + "." + string(body.joinid) + "." + item',
      time: 'body.submittime',
      data: {
        channel: '"survey"',
        survey: 'string(body.activity)',
        metric: 'questions[item].metric',
        score: 'double(body[item]) + questions[item].add',
        scale: 'questions[item].scale',
        text: `size(${texts}) == 0 ? "" : ${texts}.map(t, string(body[t])).join("\\n")`,
        customer: { id: 'body.sojumpparm' },
      },
    }),
  ],
};
