import type { Enrichment } from './messages.ts';

/** Of what no model was asked about: outcomes, changes of levels, alerts, controls; and what scoring starts from. */
export const NOT_SCORED: Enrichment = Object.freeze({
  status: 'skipped',
  lang: null,
  sentiment: null,
  issues: Object.freeze([]),
  owner: null,
  urgency: null,
  quality: Object.freeze({}),
  model: null,
});
