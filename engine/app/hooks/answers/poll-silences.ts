/** Asks the Alertmanagers whose silences count, every so often, for as long as this instance tells of alerts. */
import { OutgoingHttp } from '../../../adapters/outgoing/outgoing-http.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { Clock, Logger, Millis } from '../../../core/types.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { silencesRequest } from '../../../../operators/destinations/alertmanager.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import { maskText } from '../../../../operators/events/masking/mask-text.ts';
import { readCertificates } from './read-certificates.ts';
import { SilencePoll } from './silence-poll.ts';

export interface SilenceContext {
  readonly open: () => readonly AlertMessage[] | null;
  readonly decide: (command: Command) => Promise<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

const EVERY_MS: Millis = 15_000;
/** Silences that have expired are in the list for days. */
const MOST_BODY = 8 << 20;

export function pollSilences(hooks: readonly HookConfig[], context: SilenceContext, signal: AbortSignal): void {
  for (const hook of hooks) {
    if (!hook.answers.hasSilences || signal.aborted) continue;
    const ca = hook.ca === null ? null : readCertificates(hook.ca);
    const http = new OutgoingHttp({ allow: hook.allow, ca, proxy: hook.proxy, mostBody: MOST_BODY });
    const { url, headers } = silencesRequest(hook.settings);
    const ask = (): ReturnType<OutgoingHttp['get']> => http.get(url, headers);
    const poll = new SilencePoll({ ...context, hook, ask, mask: (text) => maskText(text).text });
    let isUnderWay = false;
    const look = async (): Promise<void> => {
      if (isUnderWay) return;
      isUnderWay = true;
      await poll.poll().catch((error: unknown) => {
        context.logger.warn('silences of an Alertmanager are not honoured yet', {
          hook: hook.id,
          reason: reasonOf(error),
        });
      });
      isUnderWay = false;
    };
    const timer = setInterval(() => void look(), EVERY_MS);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      http.close();
    });
    void look();
  }
}
