import { ok } from '../../documents/schema-forms.ts';
import { documentAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const openapiRoute = {
  method: 'GET',
  path: '/openapi.json',
  permission: null,
  operation: { summary: 'This document.', answers: { 200: ok('OpenAPI 3.1', { type: 'object' }) } },
  handle: ({ documents }) => documentAnswer(documents.openapi),
} as const satisfies RouteSpec;
