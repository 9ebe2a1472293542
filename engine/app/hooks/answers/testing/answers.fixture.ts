/** A hook whose notices can be answered, and a memory of answers without a broker. */
import type { CallbackSettings } from '../../../../../operators/answers/callback.ts';
import type { Language } from '../../../../../operators/notices/writing.ts';
import type { HookConfig } from '../../../../../operators/destinations/hooks-config.ts';
import type { TakenAnswers } from '../hook-answers.ts';

export function answersHook({
  id,
  kind = 'webhook',
  language = 'en',
  hasLinks = true,
  callback = null,
}: {
  readonly id: string;
  readonly kind?: string;
  readonly language?: Language;
  readonly hasLinks?: boolean;
  readonly callback?: CallbackSettings | null;
}): HookConfig {
  const none = {
    for: {},
    repeat: null,
    brief: 'skip',
    allow: [],
    ca: null,
    proxy: null,
    quiet: null,
    escalate: [],
    settings: {},
  } as const;
  return {
    ...none,
    ...{ id, kind, language },
    group: { by: [], wait: 0 },
    answers: { hasLinks, linkLife: 86_400_000, callback, hasSilences: false },
  };
}

export function takenInMemory(): TakenAnswers {
  const ids = new Set<string>();
  return {
    take: (id) => {
      const isNew = !ids.has(id);
      ids.add(id);
      return Promise.resolve(isNew);
    },
    settle: () => Promise.resolve(),
    giveBack: (id) => Promise.resolve(void ids.delete(id)),
  };
}
