import { must } from '../../../core/must.ts';
import { parameter } from '../../documents/schema-forms.ts';
import { documentAnswer, errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const schemaRoute = {
  method: 'GET',
  path: '/schemas/{name}/{version}.json',
  permission: null,
  operation: {
    summary: 'A JSON Schema, as `ce-dataschema` names it.',
    parameters: [parameter('name', 'path', 'E.g. kpi'), parameter('version', 'path', 'E.g. 1')],
    answers: {
      200: { description: 'JSON Schema', content: { 'application/schema+json': { schema: { type: 'object' } } } },
    },
  },
  handle({ ports }, { params }) {
    const schemas = ports.schemas ?? {}; // an engine that publishes none
    const name = `${must(params['name'])}/${must(params['version'])}`;
    if (!Object.hasOwn(schemas, name)) return errorAnswer('not_found', 'there is no such schema');
    return documentAnswer(must(schemas[name]), { 'content-type': 'application/schema+json; charset=utf-8' });
  },
} as const satisfies RouteSpec;
