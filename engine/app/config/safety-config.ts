/** `controls` and `seal`: the keys of what people decide, and of dead letters. */
import { names, object, secret } from '../../../operators/config/config-schema-forms.ts';
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

export interface SealConfig {
  /** Seals; null: EARSHOT_SEAL_KEY, else dead letters are not sealed. */
  readonly key: string | null;
  /** Open what was sealed before. */
  readonly former: readonly string[];
}

export const SEAL_PART: ConfigPart<SealConfig> = {
  fields: {
    seal: object('encryption of what dead letters keep of the original', {
      key: secret(
        'AES-256-GCM under this, 32 characters and more (or EARSHOT_SEAL_KEY, several with commas between: the first seals, all open); without it they are as readable as the broker’s store',
      ),
      former: names(
        'keys from before: `earshot dlq` opens what they sealed',
        { type: 'string', minLength: LEAST, maxLength: 512, writeOnly: true },
        8,
      ),
    }),
  },
  read: (root, { report }) => {
    const seal = root.section('seal');
    const key = seal.text('key', null);
    if (key !== null && (key.length < LEAST || key.length > 512 || !/^[\x21-\x7e]+$/.test(key))) {
      report(
        seal.path('key'),
        `it has ${key.length} characters: expected ${LEAST} to 512, letters, digits and signs without spaces`,
      );
    }
    return { key, former: seal.strings('former') };
  },
};
