/** What people decide goes into the input stream as a command and comes back as a change. */
import { type Command } from '../../gateway-ports.ts';
import { errorAnswer, jsonAnswer, notStored } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';

/** Characters of a note or a reason. */
export const MAX_NOTE = 1_000;
/** Of a person's name. */
export const MAX_NAME = 60;

export async function decide({ ports }: RouteContext, command: Command): Promise<HttpAnswer> {
  if (ports.command === undefined) return errorAnswer('not_ready', 'this gateway takes no commands');
  const outcome = await ports.command(command);
  return outcome === 'stored' ? jsonAnswer(202, { accepted: true }) : notStored(outcome);
}

/** Who says so: a screen that several people share gives the person's name, beside what the token says of it. */
export function byOf(context: RouteContext, principal: string, name: string | null): string {
  if (name === null || name.trim() === '') return principal;
  const person = context.mask(name.trim());
  return context.access.open ? person : `${person} (${principal})`;
}
