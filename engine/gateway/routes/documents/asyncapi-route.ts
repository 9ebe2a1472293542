import { ok } from '../../documents/schema-forms.ts';
import { documentAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const asyncapiRoute = {
  method: 'GET',
  path: '/asyncapi.json',
  permission: null,
  operation: {
    summary: 'What flows in and out as messages.',
    answers: { 200: ok('AsyncAPI 3', { type: 'object' }) },
  },
  handle: ({ documents }) => documentAnswer(documents.asyncapi),
} as const satisfies RouteSpec;
