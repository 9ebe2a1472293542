import type { QueryForm } from '../http/query.ts';

/** The query parameters of `/v1/live`. */
export const LIVE_QUERY: QueryForm = { ticket: 'once' };
