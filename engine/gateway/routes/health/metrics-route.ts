import { text } from '../../documents/schema-forms.ts';
import type { RouteSpec } from '../route.ts';

export const metricsRoute = {
  method: 'GET',
  path: '/metrics',
  permission: 'metrics',
  operation: {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { description: 'Text format', content: { 'text/plain': { schema: text } } } },
  },
  handle: async ({ metrics }) => ({
    status: 200,
    headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
    body: await metrics.text(),
  }),
} as const satisfies RouteSpec;
