/**
 * Results on stdout, as fast as whoever reads them takes them. Who stops reading (`| head -1`) ends the command quietly; a disk
 * that is full, where stdout is a file, is a failure that is named.
 */
import { EngineError, reasonOf } from '../../core/errors.ts';

/** Nobody reads stdout any more: there is nothing left to do, and nothing wrong. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

let failure: Error | null = null;

/** Once, before anything is written: what fails is thrown by `writeOut` and `outputWritten`, not out of nowhere. */
export function watchOutput(): void {
  process.stdout.on('error', (error: Error) => {
    failure ??= error;
  });
  // A log that nobody reads is no reason to stop.
  process.stderr.on('error', () => undefined);
}

/** Resolves when more may be written. Throws OutputClosed, FILE_UNUSABLE. */
export async function writeOut(text: string): Promise<void> {
  if (failure !== null) throw meaningOf(failure);
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error == null ? resolve() : reject(meaningOf(error))));
  });
}

/** Resolves when everything that was written is out. Throws OutputClosed, FILE_UNUSABLE. */
export async function outputWritten(): Promise<void> {
  await writeOut('');
}

function meaningOf(error: Error): Error {
  if ('code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')) return new OutputClosed();
  return new EngineError('FILE_UNUSABLE', ['stdout', reasonOf(error)], { cause: error });
}
