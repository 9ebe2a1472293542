import type { CaseKey, CaseStory } from '../../../core/cases/case-story-form.ts';
import { must } from '../../../core/must.ts';
import type { Millis } from '../../../core/types.ts';
import { ok, parameter, ref } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { mayTouch, type RouteContext } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const LONGEST_ID = 256;
const TIMEOUT_MS: Millis = 15_000;

export const caseRoute = {
  method: 'GET',
  path: '/v1/cases/{id}',
  permission: 'actions',
  needsEngine: true,
  operation: {
    summary:
      'The story of a case: its state and steps, its clocks, what was to be done and what was, what was said and how it was judged, masked.',
    parameters: [parameter('id', 'path', 'Case, as events name it in `data.case`')],
    answers: {
      200: ok('Of a case whose channel, region and team lie in the scope of whoever asks', ref('CaseStory')),
      404: ok('There is none, or it lies outside the scope, or all of it is older than what is kept', ref('Error')),
    },
  },
  handle: story,
} as const satisfies RouteSpec;

async function story(context: RouteContext, { params, principal, request }: Call): Promise<HttpAnswer> {
  const id = must(params['id']);
  if (id === '' || id.length > LONGEST_ID) return none();
  const found = await read(context, id);
  if (found === null) return none();
  if ('status' in found) return found;
  const sees = (key: CaseKey): boolean => mayTouch(context, principal, key);
  const isSeen = sees(found.key);
  const reading = { action: 'case.read', principal, address: request.remote, of: { case: found.case } } as const;
  context.audit.read(isSeen ? reading : { ...reading, isRefused: true });
  return isSeen ? jsonAnswer(200, visible(found, sees)) : none();
}

/** Outside the scope it answers as if there were none. */
function none(): HttpAnswer {
  return errorAnswer(
    'not_found',
    'no such case is known: it lies outside your scope, or its events are older than what CX_ENRICHED keeps',
  );
}

/** What was done for others, while the case was theirs: that it was, not what, nor by whom. */
function visible(found: CaseStory, sees: (key: CaseKey) => boolean): CaseStory & { readonly hidden: number } {
  // What an event does not say it leaves as the case has it.
  const isSeen = ({ key }: { readonly key: CaseKey }): boolean => sees({ ...found.key, ...key });
  const [entries, actions] = [found.entries.filter(isSeen), found.actions.filter(isSeen)];
  const steps = found.steps.map((step) => (isSeen(step) ? step : { ...step, agent: null, owner: null, key: {} }));
  const hidden = found.entries.length - entries.length + (found.actions.length - actions.length);
  return { ...found, steps, actions, entries, hidden };
}

async function read(context: RouteContext, id: string): Promise<CaseStory | HttpAnswer | null> {
  const { ports, histories, hub } = context;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { watermark } = hub.progress();
  try {
    const found = await histories.pass(async () => {
      signal.throwIfAborted();
      // Before anything came, time stands at now.
      const at = watermark === null ? context.now() : Date.parse(watermark);
      return (await ports.caseStory?.(id, at, signal)) ?? null; // an engine without a broker has none
    });
    if (found !== 'full') return found;
    const limit = 'http.limits.histories';
    return errorAnswer('overloaded', `too much is read at once (${limit})`, { limit }, { 'retry-after': '2' });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return errorAnswer('not_ready', 'the stream of events cannot be read in time', {}, { 'retry-after': '5' });
  }
}
