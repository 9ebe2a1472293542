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
  settings = {},
}: {
  readonly id: string;
  readonly kind?: string;
  readonly language?: Language;
  readonly hasLinks?: boolean;
  readonly callback?: CallbackSettings | null;
  /** With them a receiver on loopback may be called. */
  readonly settings?: object;
}): HookConfig {
  const none = {
    for: {},
    unless: [],
    repeat: null,
    brief: 'skip',
    allow: ['127.0.0.1'],
    ca: null,
    proxy: null,
    quiet: null,
    escalate: [],
  } as const;
  return {
    ...none,
    ...{ id, kind, language, settings },
    group: { by: [], wait: 0 },
    answers: { hasLinks, linkLife: 86_400_000, callback, hasSilences: false },
  };
}

export function takenInMemory(): TakenAnswers {
  const marks = new Map<string, 'under_way' | 'done'>();
  return {
    take: (id) => {
      const known = marks.get(id) ?? 'mine'; // nobody has it
      if (known === 'mine') marks.set(id, 'under_way');
      return Promise.resolve(known);
    },
    settle: (id) => Promise.resolve(void marks.set(id, 'done')),
    giveBack: (id) => Promise.resolve(void marks.delete(id)),
  };
}
