/** The headers of a request that expressions and dead letters may see: none that proves anybody. */
import type { VerifySettings } from './proofs/proof.ts';

const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie']);

export function visibleHeaders(
  headers: Readonly<Record<string, string>>,
  { header, scheme }: VerifySettings,
): Readonly<Record<string, string>> {
  const isHidden = (name: string): boolean => SECRET.has(name) || (scheme === 'header' && name === header);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isHidden(name)));
}
