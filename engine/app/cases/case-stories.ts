/**
 * Stories of cases from `CX_ENRICHED` (and, of actions, `CX_ACTIONS`): every event that names a case is stored under the case's own
 * token, whatever its channel and family. Those are known, so all of it is asked for by whole subjects, which costs the same however
 * many subjects the stream has (docs/decisions/029-case-stories.md).
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectMessages } from '../../adapters/streams/subject-messages.ts';
import type { CaseStory } from '../../core/cases/case-story-form.ts';
import { must } from '../../core/must.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { CaseClocks } from '../../../operators/cases/case-clocks.ts';
import { storyOf } from '../../../operators/cases/case-story.ts';
import { BUILT_IN_CHANNELS } from '../../../operators/events/channels.ts';
import { readEnriched } from '../../../operators/events/read-enriched.ts';
import { subjectToken } from '../../../operators/events/subject-key.ts';
import { EVENT_FAMILIES } from '../../../operators/events/types/event-types.ts';
import type { CompileExpression } from '../../../operators/shared/messages.ts';
import type { Config } from '../config/config.ts';
import { openCalendars } from '../open-calendars.ts';
import { CaseActions } from './case-actions.ts';

/** Of one story: of a case that has more, the newest are shown. */
const MOST_EVENTS = 2000;
const MOST_BYTES = 4 << 20;
const MOST_READ = 20_000;

export interface CaseSource {
  readonly nc: NatsConnection;
  /** As events are masked: an id that is a phone number stands for another there. */
  readonly maskId: (id: string) => string;
  readonly logger: Logger;
}

export type StoryOf = (source: CaseSource, id: string, now: Millis, signal: AbortSignal) => Promise<CaseStory | null>;

/** Compiles the clocks when the first story is asked for. */
export function caseStories(
  config: Pick<Config, 'clocks' | 'calendars' | 'channels'>,
  compile: CompileExpression,
): StoryOf {
  let clocks: CaseClocks | undefined;
  const actionsOf = new CaseActions();
  const channels = [...new Set<string>([...BUILT_IN_CHANNELS, ...config.channels])];
  const places = channels.flatMap((channel) => EVENT_FAMILIES.map((family) => `cx.enriched.${channel}.${family}`));
  return async ({ nc, maskId, logger }, asked, now, signal) => {
    const calendars = clocks === undefined ? openCalendars(config.calendars) : null;
    clocks ??= new CaseClocks(config.clocks, compile, (name) => must(calendars?.get(name)));
    const of = clocks;
    const id = maskId(asked);
    const token = subjectToken(id);
    const query = { stream: 'CX_ENRICHED', subjects: places.map((place) => `${place}.${token}`) };
    const limits = { max: MOST_EVENTS, maxBytes: MOST_BYTES, maxRead: MOST_READ };
    const { messages, isComplete } = await subjectMessages(nc, { ...query, ...limits }, logger, signal);
    const events = messages.flatMap((message) => readEnriched(message) ?? []);
    if (events.length === 0) return null;
    const { actions, since } = await actionsOf.of(nc, id, logger, signal);
    const first = Math.min(...events.map(({ time }) => time));
    return storyOf({
      ...{ id, actions, now },
      // All of them are known, or all since the case began.
      isComplete: isComplete && (since === null || Date.parse(since) <= first),
      // A conversation may be called as the case is.
      events: events.filter(({ data }) => data['case'] === id),
      clocksOf: (sorted, at) => of.of(id, sorted, at),
    });
  };
}
