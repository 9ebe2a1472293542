/** The key of the embedded server's store: as given, else the one that was made once and is kept beside it. */
import { EngineError } from '../../core/errors.ts';
import { checkedKey, keptKeys, keyFileOf, readKeys } from '../keys/kept-keys.ts';
import { contentOf } from './encrypt-store.ts';
import { at } from '../../core/must.ts';

const VARIABLE = 'EARSHOT_STORE_KEY';

/** Throws EngineError KEY_UNUSABLE, or STORE_KEY_LOST: for a store that is encrypted no key is made. */
export function storeKey(
  { store, key }: { readonly store: string; readonly key: string | null },
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (key !== null) return checkedKey(key, 'nats.embedded.key');
  const given = env[VARIABLE];
  if (given !== undefined && given !== '') return checkedKey(given, VARIABLE);
  const file = keyFileOf(store, 'store');
  if (readKeys(file) === undefined && contentOf(store) === 'encrypted') {
    throw new EngineError('STORE_KEY_LOST', [store, `there is no file ${file}`]);
  }
  return at(keptKeys(file), 0);
}
