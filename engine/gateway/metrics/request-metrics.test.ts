import { expect, it } from 'vitest';
import { exposition } from '../../core/metrics.ts';
import { RequestMetrics } from './request-metrics.ts';

it('counts answers by method, route and status, and their times by route; methods nobody knows are one', () => {
  const metrics = new RequestMetrics();
  metrics.answered('GET', '/v1/kpis', 200, 0.0004);
  metrics.answered('GET', '/v1/kpis', 200, 0.03);
  metrics.answered('BREW', '/v1/kpis', 405, 60);
  const lines = exposition(metrics.families()).split('\n');
  for (const line of [
    'earshot_http_requests_total{method="GET",route="/v1/kpis",status="200"} 2',
    'earshot_http_requests_total{method="other",route="/v1/kpis",status="405"} 1',
    'earshot_http_request_seconds_bucket{route="/v1/kpis",le="0.001"} 1',
    'earshot_http_request_seconds_bucket{route="/v1/kpis",le="0.1"} 2',
    'earshot_http_request_seconds_bucket{route="/v1/kpis",le="+Inf"} 3',
    'earshot_http_request_seconds_count{route="/v1/kpis"} 3',
  ]) {
    expect(lines).toContain(line);
  }
});
