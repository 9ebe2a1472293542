/**
 * 问卷星: `sign` in the payload is SHA-1 over survey, number of the answer and the key, as hex. It proves that the sender knows the
 * key, and not what the answer says: whoever saw one such message can send another for the same number.
 */
import type { Proof } from './proof.ts';

export const wjxProof: Proof = (_request, { secrets }, hashes, _now, read) => {
  const value = read();
  if (typeof value !== 'object' || value === null) return false;
  const { activity, index, sign } = value as Readonly<Record<string, unknown>>;
  const [survey, number] = [textOf(activity), textOf(index)];
  if (survey === null || number === null || typeof sign !== 'string') return false;
  return secrets.some((key) => hashes.isSame(hashes.sha1(survey + number + key), sign.toLowerCase()));
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
