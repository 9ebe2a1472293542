/** Replaces a message in its tool, at the address that the tool has given for it: nowhere but where the hook's messages go. */
import { OutgoingHttp } from '../../../adapters/outgoing/outgoing-http.ts';
import type { JsonObject, Logger } from '../../../core/types.ts';
import { destinationOf } from '../../../../operators/destinations/destinations.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import { readCertificates } from './read-certificates.ts';

/** Never rejects: the answer counts, whether or not the message shows it. */
export async function replaceMessage(
  { kind, id, allow, ca, proxy, settings }: HookConfig,
  url: string,
  body: JsonObject,
  logger: Logger,
): Promise<void> {
  const own = destinationOf(kind).address(settings).url;
  if (!URL.canParse(url) || new URL(url).origin !== new URL(own).origin) {
    logger.warn('a message cannot be replaced', { hook: id, reason: 'its address is not of the tool' });
    return;
  }
  const http = new OutgoingHttp({ allow, ca: ca === null ? null : readCertificates(ca), proxy });
  const result = await http.post(url, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(body));
  http.close();
  const isDone = result.kind === 'answer' && result.answer.status >= 200 && result.answer.status < 300;
  if (isDone) return;
  const reason = result.kind === 'answer' ? `the tool answers ${result.answer.status}` : result.hint;
  logger.warn('a message cannot be replaced', { hook: id, reason });
}
