/** Whether a file of events can be read at all, before anything is begun. */
import { access, constants } from 'node:fs/promises';
import { EngineError, reasonOf } from '../../../core/errors.ts';

/** `-` is stdin. Throws FILE_UNUSABLE. */
export async function readable(file: string): Promise<void> {
  if (file === '-') return;
  try {
    await access(file, constants.R_OK);
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
  }
}
