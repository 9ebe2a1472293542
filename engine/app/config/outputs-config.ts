/** `outputs`: the form in which what goes out leaves. */
import { count, object } from '../../../operators/config/config-schema-forms.ts';
import type { ConfigPart } from '../../../operators/config/config-part.ts';

export interface OutputsConfig {
  /** Most enriched events that leave in one message; 1: each leaves alone. */
  readonly enrichedBatch: number;
}

/** A message of so many events of a few KiB fits what any broker takes; larger ones are divided. */
const MOST = 1024;

export const OUTPUTS_PART: ConfigPart<OutputsConfig> = {
  fields: {
    outputs: object('the form of what goes out', {
      enriched: object('events on cx.enriched', {
        batch: count(
          'events that came in one message leave in one, at most so many, as a CloudEvents batch on cx.enriched.batch.<partition>; those of a case leave alone',
          1,
          1,
          MOST,
        ),
      }),
    }),
  },
  read: (root) => ({ enrichedBatch: root.section('outputs').section('enriched').number('batch', 1) }),
};
