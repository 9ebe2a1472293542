/** Answers of people to notices, as they come in from outside: by the link in a notice, by the callback of a tool. */

/** Why something was not acknowledged: `full`, nothing was sent; `late`, it took too long and may be stored yet. */
export type NotStored = 'full' | 'late';

/** What a link in a notice is for. */
export interface LinkTarget {
  readonly alert: string;
  readonly hook: string;
  /** Of the hook's readers. */
  readonly language: 'zh-CN' | 'en';
  readonly isExpired: boolean;
}

export interface AnswersPort {
  /** null: it is none of ours. Nothing happens: who previews links fetches them. */
  link(token: string): LinkTarget | null;
  /** `used`: that link has done its work. */
  acknowledge(token: string, by: string): Promise<'done' | 'used' | 'expired' | 'unknown' | NotStored>;
}
