/** `installation`: what tells this installation's messages from those of another. */
import type { ConfigPart } from '../../../operators/config/config-part.ts';
import { text } from '../../../operators/config/config-schema-forms.ts';
import { INSTALLATION_PATTERN } from '../../core/cloud-events.ts';

export const INSTALLATION_PART: ConfigPart<string | null> = {
  fields: {
    installation: {
      ...text(
        'name of this installation in the `source` of every message out, `urn:earshot:<installation>`: letters, digits, dots, dashes; none: one that is made once and kept with the store',
      ),
      pattern: INSTALLATION_PATTERN,
    },
  },
  read: (root) => root.text('installation', null),
};
