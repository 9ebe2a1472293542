/** `include`: what others wrote, under one's own. It is joined before the configuration is read (config-include.ts). */
import type { ConfigPart } from '../../../operators/config/config-part.ts';

export const INCLUDE_PART: ConfigPart<readonly string[]> = {
  fields: {
    include: {
      type: ['array', 'null'],
      description:
        'packs (`pack:customer-experience`) and files of which calendars, clocks, journeys, facts, actions, kpis, rules, event_rules and dispatch are taken over; an id that stands here too is changed in the fields given here, and of two that are included in those of the first',
      default: [],
      items: { type: 'string', minLength: 1, maxLength: 1024 },
      maxItems: 20,
    },
  },
  read: (root) => root.strings('include'),
};
