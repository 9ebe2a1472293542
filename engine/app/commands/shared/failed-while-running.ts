/** A failure that only showed while a command was at work: exit code 1, also where its code is of kind config. */
import { EngineError } from '../../../core/errors.ts';

export class FailedWhileRunning extends Error {
  override readonly name = 'FailedWhileRunning';
  readonly failure: EngineError;

  constructor(failure: EngineError) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

/** Of `work`; what fails during it is no wrong argument any more. */
export async function whileRunning<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof EngineError && thrown.kind === 'config' ? new FailedWhileRunning(thrown) : thrown;
  }
}
