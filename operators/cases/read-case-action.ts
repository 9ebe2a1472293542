/** What a message on `cx.actions.<kind>` says of a case: one change of one action. */
import type { CaseAction, CaseKey } from '../../engine/core/cases/case-story-form.ts';
import type { Json, JsonObject, RawMessage } from '../../engine/core/types.ts';

/** What a scope may limit, and what may lie within it. */
const KEY_FIELDS = ['channel', 'region', 'team', 'product', 'store'] as const;
const SUBJECT = 'cx.actions.';

/** undefined: it is of no case, or none of ours. */
export function readCaseAction({
  subject,
  headers,
  data,
}: Pick<RawMessage, 'subject' | 'headers' | 'data'>):
  { readonly case: string; readonly action: CaseAction } | undefined {
  const said = parse(data);
  const [at, named] = [headers['ce-time'], textOf(said?.['case'])];
  if (said === undefined || at === undefined || named === null || !subject.startsWith(SUBJECT)) return undefined;
  const { id, name, title, state, owner, due, reason, done, withdrawn } = said;
  const key: Record<string, string> = {};
  for (const field of KEY_FIELDS) {
    const value = textOf(said[field]);
    if (value !== null) key[field] = value;
  }
  const action = {
    ...{ at, id: textOf(id) ?? headers['ce-id'] ?? '', kind: subject.slice(SUBJECT.length) }, // warnings of clocks have that of their message
    ...{ name: textOf(name), title: objectOf(title), owner: textOf(owner), due: textOf(due) },
    // Those of clocks say none: they are to be heard, or are so no more.
    ...{ state: textOf(state) ?? (withdrawn === true ? 'withdrawn' : 'due') },
    ...{ reason: textOf(reason), done: objectOf(done), key: key satisfies CaseKey },
  };
  return { case: named, action };
}

function parse(data: Uint8Array): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(new TextDecoder().decode(data)) as Json) ?? undefined;
  } catch {
    return undefined; // somebody else's
  }
}
function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
