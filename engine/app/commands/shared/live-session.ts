/** A live engine from its start to its end, as `run` and `demo` have it. */
import { failureFields } from '../../../adapters/process/log.ts';
import { publicAddress } from '../../../adapters/nats/redact-address.ts';
import { startEngine, type LiveEngine, type LiveOptions } from '../../engine.ts';

export type { Reset } from '../../engine.ts';

/** Publishes into the running engine until its own end or the signal. */
export type Source = (engine: LiveEngine, stop: AbortSignal) => Promise<void>;

/** Runs until the signal or a failure. */
export async function runLive(options: LiveOptions, source?: Source): Promise<void> {
  const { logger, signal } = options;
  let engine: LiveEngine;
  try {
    engine = await startEngine(options);
  } catch (thrown) {
    // Stopped while it was starting: that is what was asked for.
    if (!signal.aborted) throw thrown;
    return logger.info('stopped');
  }
  const publishing = new AbortController();
  const onStop = (): void => publishing.abort(new Error('stopping'));
  signal.addEventListener('abort', onStop, { once: true });
  if (signal.aborted) onStop();
  logger.info('ready', { url: engine.url, nats: engine.natsUrls.map(publicAddress).join(','), pid: process.pid });
  const stopped = new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
  const onHangUp = (): void =>
    void engine
      .reload('SIGHUP')
      .catch((thrown: unknown) => logger.error('the changed configuration is not usable', failureFields(thrown)));
  process.on('SIGHUP', onHangUp);
  const published = Promise.resolve(source?.(engine, publishing.signal));
  try {
    await Promise.race([engine.failed, published.then(() => stopped)]);
    logger.info('stopping');
  } catch (thrown) {
    logger.error('failed', failureFields(thrown));
    throw thrown;
  } finally {
    process.off('SIGHUP', onHangUp);
    onStop();
    await published.catch((thrown: unknown) => logger.warn('publishing failed', failureFields(thrown)));
    await engine.stop();
    logger.info('stopped');
  }
}
