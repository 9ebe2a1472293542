/** What a dead letter (`cx.dlq.<reason>`) keeps of the original, sealed. Pure: how it is encrypted is handed in. */

/** Encrypts a part so that it opens as that part of that letter only. Deterministic: the same letter gives the same bytes. */
export interface LetterSeal {
  /** Names the key, and says nothing of it. */
  readonly keyId: string;
  readonly algorithm: string;
  /** `of`: see `letterPart`; the same is needed to open it. */
  seal(part: Uint8Array, of: string): Uint8Array;
}

/** Which part of which letter it is: what sealing binds it to. `seq` is that of the stream that the original came from. */
export function letterPart(
  { subject, seq, index }: { readonly subject: string; readonly seq: number; readonly index: number | null },
  part: 'bytes' | 'headers',
): string {
  return JSON.stringify(['dead letter', part, subject, seq, index]);
}
