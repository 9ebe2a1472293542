/** Requests answered, and how long that took, by route. */
import { Histogram } from '../../core/histogram.ts';
import { histogramSamples, type Family } from '../../core/metrics.ts';

const BOUNDS_MS = [1, 5, 25, 100, 500, 2000, 10_000];

export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']);

interface Answers {
  readonly labels: { readonly method: string; readonly route: string; readonly status: string };
  value: number;
}

export class RequestMetrics {
  readonly #answers = new Map<string, Answers>();
  readonly #times = new Map<string, Histogram>();

  /** @param route the route's pattern, never the path: labels are few */
  answered(method: string, route: string, status: number, seconds: number): void {
    const labels = { method: METHODS.has(method) ? method : 'other', route, status: String(status) };
    const id = `${labels.method} ${labels.status} ${route}`;
    let answers = this.#answers.get(id);
    if (answers === undefined) this.#answers.set(id, (answers = { labels, value: 0 }));
    answers.value += 1;
    let times = this.#times.get(route);
    if (times === undefined) this.#times.set(route, (times = new Histogram(BOUNDS_MS)));
    times.record(seconds * 1000);
  }

  families(): Family[] {
    return [
      {
        name: 'earshot_http_requests_total',
        help: 'HTTP requests answered.',
        type: 'counter',
        samples: [...this.#answers.values()].map(({ labels, value }) => ({ labels, value })),
      },
      {
        name: 'earshot_http_request_seconds',
        help: 'Time to the answer.',
        type: 'histogram',
        samples: [...this.#times].flatMap(([route, times]) => histogramSamples(times.view(), { route })),
      },
    ];
  }
}
