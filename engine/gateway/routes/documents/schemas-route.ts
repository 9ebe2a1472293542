/** Which schemas there are. */
import { ok } from '../../documents/schema-forms.ts';
import { documentAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const schemasRoute = {
  method: 'GET',
  path: '/schemas',
  permission: null,
  operation: {
    summary: 'The JSON Schemas that are published, each by its path here: events in and messages out.',
    answers: {
      200: ok('By name', {
        type: 'object',
        required: ['schemas'],
        properties: {
          schemas: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'version', 'path'],
              properties: { name: { type: 'string' }, version: { type: 'string' }, path: { type: 'string' } },
            },
          },
        },
      }),
    },
  },
  handle({ ports }) {
    const schemas = Object.keys(ports.schemas ?? {}) // an engine that publishes none
      .sort()
      .map((id) => {
        const [name = id, version = ''] = id.split('/'); // `<name>/<version>`, as the port says
        return { name, version, path: `schemas/${id}.json` };
      });
    return documentAnswer({ schemas });
  },
} as const satisfies RouteSpec;
