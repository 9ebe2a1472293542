/** What people decide goes into the input stream as a command and comes back as a change. */
import { type Command } from '../../gateway-ports.ts';
import { errorAnswer, jsonAnswer, notStored } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';

/** Characters of a note or a reason. */
export const MAX_NOTE = 1_000;

export async function decide({ ports }: RouteContext, command: Command): Promise<HttpAnswer> {
  if (ports.command === undefined) return errorAnswer('not_ready', 'this gateway takes no commands');
  const outcome = await ports.command(command);
  return outcome === 'stored' ? jsonAnswer(202, { accepted: true }) : notStored(outcome);
}
