/** Typeform's webhooks (https://www.typeform.com/developers/webhooks/example-payload/). Hidden fields give customer, region and the like. */
import { rule } from '../map-rule.ts';
import type { Preset } from './preset.ts';

const ANSWERS = 'body.form_response.answers';
/** A question is known by its reference or its id; one that asks for NPS says so itself. */
const isScored =
  'a.type == "number" && (a.field.type == "nps" || a.field.ref in questions && questions[a.field.ref].metric != "text" || a.field.id in questions && questions[a.field.id].metric != "text")';
const of = (field: string, otherwise: string): string =>
  `item.field.ref in questions ? questions[item.field.ref].${field} : item.field.id in questions ? questions[item.field.id].${field} : ${otherwise}`;
const texts = `${ANSWERS}.filter(a, a.type == "text" && a.field.type in ["long_text", "short_text"])`;
const hidden = (name: string): string => `string(body.form_response.hidden.${name})`;

export const typeform: Preset = {
  name: 'typeform',
  about: { en: 'Typeform: answered forms', 'zh-CN': 'Typeform：表单答复' },
  verify: { scheme: 'hmac-sha256', header: 'typeform-signature', prefix: 'sha256=', encoding: 'base64' },
  needsQuestions: false,
  map: [
    rule({
      when: 'body.event_type == "form_response"',
      each: `${ANSWERS}.filter(a, ${isScored})`,
      type: 'cx.survey.answered',
      id: 'body.event_id + "." + item.field.id',
      time: 'body.form_response.submitted_at',
      data: {
        channel: '"survey"',
        survey: 'body.form_response.form_id',
        metric: of('metric', '"nps"'),
        score: `double(item.number) + (${of('add', '0.0')})`,
        scale: of('scale', 'null'),
        text: `size(${texts}) == 0 ? "" : ${texts}.map(a, a.text).join("\\n")`,
        customer: { id: hidden('customer_id'), tier: hidden('tier') },
        region: hidden('region'),
        product: hidden('product'),
        store: hidden('store'),
        case: hidden('case'),
        touchpoint: hidden('touchpoint'),
      },
    }),
    rule({ when: 'body.event_type == "form_response_partial"', ignore: true }),
  ],
};
