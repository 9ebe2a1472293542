/** Each preset against payloads as its tool publishes them: the events, whole, and that they are events that Earshot takes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import { parseConfig } from '../../../engine/app/config/config.ts';
import { must } from '../../../engine/core/must.ts';
import { dataSchemas } from '../../events/types/event-types.ts';
import { mappingOf } from '../mapping.ts';
import { sourceVariables, type SourceConfig } from '../sources-config.ts';
import { timeReader } from '../time/mapped-time.ts';
import { PRESETS } from './presets.ts';

interface Golden {
  readonly title: string;
  readonly from: string;
  readonly questions?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload: unknown;
  readonly events: readonly unknown[];
}

const golden = (name: string): readonly Golden[] =>
  JSON.parse(readFileSync(new URL(`./testing/golden/${name}.json`, import.meta.url), 'utf8')) as readonly Golden[];

const OWN_MAP = [
  { when: 'body.action == "opened"', type: 'cx.case.opened', id: 'string(body.issue.id)', data: { channel: '"web"' } },
];

function configured(preset: string, questions: object = { q1: 'nps' }): SourceConfig {
  // Of one that knows no payloads the map is the user's.
  const map = preset === 'github-style' ? OWN_MAP : [];
  const source = { id: 'desk', preset, questions, map, verify: { secret: 'a secret of ours' } };
  const parsed = parseConfig({ sources: [source] }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return must(parsed.config.sources[0]);
}

const validate = createSchemaValidator(dataSchemas());

describe.each(PRESETS.map(({ name }) => name))('the preset %s', (name) => {
  it.each(golden(name).map((one) => [one.title, one] as const))(
    '%s',
    (_, { questions, headers = {}, payload, events }) => {
      const source = configured(name, questions);
      const mapping = mappingOf(source.map, {
        compile: compileExpression,
        readTime: timeReader(source),
        place: 'sources[desk]',
      });
      const variables = { body: payload, headers, query: {}, ...sourceVariables(source) };
      const mapped = mapping(variables, () => 'none');
      expect(mapped.faults).toEqual([]);
      expect(mapped.isTaken).toBe(true);
      expect(mapped.events.map(({ rule: _rule, leftOut: _left, ...event }) => event)).toEqual(events);
      for (const { type, data } of mapped.events) expect([type, validate(type, data)]).toEqual([type, null]);
    },
  );

  it('leaves a payload that it does not know to nobody', () => {
    const source = configured(name);
    const mapping = mappingOf(source.map, {
      compile: compileExpression,
      readTime: timeReader(source),
      place: 'sources[desk]',
    });
    for (const body of [{ hello: 'world' }, null, 'text', 5]) {
      const { isTaken, events } = mapping({ body, headers: {}, query: {}, ...sourceVariables(source) }, () => 'none');
      expect([body, isTaken, events]).toEqual([body, false, []]);
    }
  });
});
