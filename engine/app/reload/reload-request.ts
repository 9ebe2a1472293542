/** Asks a running engine to read its configuration again, or what it would make of another. */
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { ConfigChange, ReloadReport } from '../../core/reload-report.ts';

const WITHIN_MS = 60_000;

/** `text`: only look what would become of this one. Throws GATEWAY_UNREACHABLE, USAGE_INVALID, CONFIG_INVALID. */
export async function askedToReload(url: string, token: string | undefined, text?: string): Promise<ReloadReport> {
  const base = url.replace(/\/+$/, '');
  let answer: Response;
  try {
    answer = await fetch(`${base}/v1/reload${text === undefined ? '' : '/check'}`, {
      method: 'POST',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { 'content-type': 'application/yaml' }),
      },
      ...(text === undefined ? {} : { body: text }),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
  } catch (thrown) {
    throw new EngineError('GATEWAY_UNREACHABLE', [base, reasonOf(thrown)], { cause: thrown });
  }
  if (answer.ok) return (await answer.json()) as ReloadReport;
  const said = await answer.text();
  if (answer.status === 401 || answer.status === 403) {
    const why =
      token === undefined ? 'it asks for a token of an admin' : `it does not take this token (${answer.status})`;
    throw new EngineError('USAGE_INVALID', [`${base}: ${why}: give one with --token, or in EARSHOT_TOKEN`]);
  }
  if (answer.status === 422) throw new EngineError('CONFIG_INVALID', [messageIn(said)]);
  throw new EngineError('GATEWAY_UNREACHABLE', [base, `it answered ${answer.status}: ${messageIn(said)}`]);
}

/** Of an error answer; a proxy between may answer something else. */
function messageIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { readonly error?: { readonly message?: string } };
    return (error?.message ?? body.slice(0, 200)).replace(/^the configuration is not usable: /, '');
  } catch {
    return body.slice(0, 200);
  }
}

/** For a person. `would`: nothing was done yet. */
export function reloadText({ outcome, applied, restart, refused }: ReloadReport, would = false): string {
  const list = (changes: readonly ConfigChange[]): string =>
    changes.map(({ path, what }) => `  ${path} (${what})\n`).join('');
  if (outcome === 'refused') {
    const sentences = refused.map((sentence) => `  ${sentence}\n`).join('');
    return `${would ? 'would be refused' : 'refused: nothing was changed'}\n${sentences}`;
  }
  const taken = would ? 'a reload takes up:' : 'taken up:';
  return [
    applied.length > 0 ? `${taken}\n${list(applied)}` : '',
    restart.length > 0 ? `needs a restart:\n${list(restart)}` : '',
    applied.length + restart.length === 0 ? 'nothing differs from what runs\n' : '',
  ].join('');
}
