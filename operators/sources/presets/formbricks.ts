/** Formbricks' webhooks (https://github.com/formbricks/formbricks, docs/xm-and-surveys/core-features/integrations/webhooks.mdx). */
import { rule } from '../map-rule.ts';
import type { Preset } from './preset.ts';

/** One notification, or a list of them. */
const ALL = '(type(body) == list ? body : [body])';
const SCORED = 'questions.filter(q, questions[q].metric != "text" && q in r.data.data)';
const texts = 'questions.filter(t, questions[t].metric == "text" && t in item.r.data.data)';

export const formbricks: Preset = {
  name: 'formbricks',
  about: { en: 'Formbricks: answered surveys', 'zh-CN': 'Formbricks：问卷答复' },
  verify: { scheme: 'standard-webhooks' },
  needsQuestions: true,
  map: [
    rule({
      each: `${ALL}.filter(r, r.event == "responseFinished").map(r, ${SCORED}.map(q, {"r": r, "q": q}))`,
      type: 'cx.survey.answered',
      id: 'item.r.data.id + "." + item.q',
      time: 'item.r.data.updatedAt',
      data: {
        channel: '"survey"',
        survey: 'item.r.data.surveyId',
        metric: 'questions[item.q].metric',
        score: 'double(item.r.data.data[item.q]) + questions[item.q].add',
        scale: 'questions[item.q].scale',
        text: `size(${texts}) == 0 ? "" : ${texts}.map(t, string(item.r.data.data[t])).join("\\n")`,
        lang: 'item.r.data.language',
        customer: {
          id: 'has(item.r.data.contactAttributes.userId) ? item.r.data.contactAttributes.userId : item.r.data.contact.userId',
        },
      },
    }),
    rule({ when: `${ALL}.all(r, r.event in ["responseCreated", "responseUpdated", "testEndpoint"])`, ignore: true }),
  ],
};
