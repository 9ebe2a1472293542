/** What a configuration may say of sources, and what is refused with its place and how to mend it. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { checkConfig, faultText } from '../../engine/adapters/config/config-file.ts';
import { configForm } from '../../engine/app/config/config.ts';

function faults(yaml: string): readonly string[] {
  const checked = checkConfig(yaml, configForm(compileExpression), { S: 'a secret of ours' });
  return 'faults' in checked ? checked.faults.map((one) => faultText('c', one)) : [];
}

const DESK = `
sources:
  - id: desk
    kind: webhook
    verify: {scheme: hmac-sha256, header: X-Signature, secret: "\${env:S}"}
    map:
      - when: body.event == "conversation_created"
        type: cx.case.opened
        id: string(body.id)
        time: timestamp(body.created_at)
        key: string(body.id)
        data: {channel: '"web_chat"', case: string(body.id), priority: body.priority}
`;

describe('sources', () => {
  it('takes what the contract shows', () => {
    expect(faults(DESK)).toEqual([]);
  });

  it.each([
    [
      'a preset without a secret',
      'sources: [{id: d, preset: chatwoot}]',
      'sources[0].verify: hmac-sha256 needs the `secret`',
    ],
    [
      'nothing that proves senders',
      'sources: [{id: d, map: [{type: cx.case.opened}]}]',
      'sources[0].verify: it says no `verify.scheme`',
    ],
    ['neither preset nor map', 'sources: [{id: d, verify: {scheme: none}}]', 'sources[0].map: without a preset'],
    [
      'a preset that knows signatures alone, without a map',
      'sources: [{id: d, preset: github-style, verify: {secret: abcdefgh}}]',
      'sources[0].map: github-style says how messages are signed, not what they mean',
    ],
    [
      'a secret that can be guessed',
      'sources: [{id: d, preset: zendesk, verify: {secret: abc}}]',
      'a secret has at least 8 characters',
    ],
    [
      'a preset that asks for questions',
      'sources: [{id: d, preset: wjx, verify: {secret: abcdefgh}}]',
      'name them under `questions`',
    ],
    [
      'a time that is not signed',
      'sources: [{id: d, map: [{type: cx.case.opened}], verify: {scheme: hmac-sha256, header: h, timestamp: t, secret: abcdefgh}}]',
      'sources[0].verify.signed: a time that is not signed',
    ],
    [
      'a type that does not exist',
      'sources: [{id: d, verify: {scheme: none}, map: [{type: cx.case.open}]}]',
      'sources[0].map[0].type',
    ],
    [
      'a variable that does not exist',
      'sources: [{id: d, verify: {scheme: none}, map: [{type: cx.case.opened, data: {channel: app}}]}]',
      'sources[0].map[0].data.channel: there is no variable "app" here (expected: body, headers, query, questions; a text is \'"text"\')',
    ],
    [
      'a row without a time',
      'sources: [{id: d, kind: csv, map: [{type: cx.case.opened}]}]',
      'sources[0].map[0].time: a row says by itself when it happened',
    ],
    [
      'a zone that does not exist',
      'sources: [{id: d, zone: Mars, preset: zendesk, verify: {secret: abcdefgh}}]',
      '"Mars" is not a time zone',
    ],
    [
      'two of one id',
      'sources: [{id: d, preset: zendesk, verify: {secret: abcdefgh}}, {id: d, preset: zendesk, verify: {secret: abcdefgh}}]',
      'two sources with the id "d"',
    ],
  ])('%s is refused', (_, yaml, said) => {
    expect(faults(yaml).join('\n')).toContain(said);
  });

  it('a secret is not repeated in a fault', () => {
    expect(faults('sources: [{id: d, preset: zendesk, verify: {secret: geheim1}}]').join()).not.toContain('geheim1');
  });
});
