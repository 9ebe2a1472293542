/** The file that `ca` of a hook names. */
import { readFileSync } from 'node:fs';
import { EngineError, reasonOf } from '../../../core/errors.ts';

/** Throws EngineError CONFIG_NOT_FOUND. */
export function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new EngineError('CONFIG_NOT_FOUND', [file, reasonOf(error)]);
  }
}
