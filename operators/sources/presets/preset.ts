/** What is known of a tool whose webhooks are read: how it signs, and what its messages mean. One file a tool. */
import type { MapRule } from '../map-rule.ts';
import type { VerifySettings } from '../proofs/proof.ts';

export interface Preset {
  readonly name: string;
  readonly about: { readonly en: string; readonly 'zh-CN': string };
  /** Unless `verify` says otherwise; the secret is the user's. */
  readonly verify: Pick<VerifySettings, 'scheme'> & Partial<VerifySettings>;
  /** Of times without an offset, where the tool always writes that of one place. */
  readonly zone?: string;
  /** Whether it has to be said which question asks for what (`questions`). */
  readonly needsQuestions: boolean;
  readonly map: readonly MapRule[];
}

/** The text of a piece of HTML, as a CEL expression: what stands between tags. */
export function plainText(html: string): string {
  return `${html}.split("<").map(p, p.split(">")[size(p.split(">")) - 1]).join("").trim()`;
}

/** A lookup of a text in a table, as a CEL expression; `other` where it is not there. */
export function lookUp(value: string, table: Readonly<Record<string, string>>, other: string): string {
  const entries = Object.entries(table).map(([from, to]) => `${JSON.stringify(from)}: ${JSON.stringify(to)}`);
  return `${value} in [${Object.keys(table)
    .map((from) => JSON.stringify(from))
    .join(', ')}] ? {${entries.join(', ')}}[${value}] : ${other}`;
}
