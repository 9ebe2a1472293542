/** `controls`: the keys of what people decide. */
import { names, object } from '../../../operators/config/config-schema-forms.ts';
import type { ConfigPart } from '../../../operators/config/config-part.ts';

const LEAST = 32;

export interface ControlsConfig {
  /** The first signs, all are believed; empty: EARSHOT_CONTROL_KEY, else made once and kept. */
  readonly keys: readonly string[];
}

export const CONTROLS_PART: ConfigPart<ControlsConfig> = {
  fields: {
    controls: object('acknowledgements, silences and switches of models, which only the gateway may send', {
      keys: names(
        'keys of its signature, 32 characters and more, the same for all instances: the first signs, all are believed (or EARSHOT_CONTROL_KEY, several with commas between; else made once, in the file `<store>.keys/control.key` or the bucket CX_KEYS)',
        { type: 'string', minLength: LEAST, maxLength: 512, writeOnly: true },
        8,
      ),
    }),
  },
  read: (root) => ({ keys: root.section('controls').strings('keys') }),
};
