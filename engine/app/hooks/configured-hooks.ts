/** The hooks of a configuration, with nothing remembered. */
import type { CalendarConfig } from '../../../operators/calendars/calendars-config.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import { openCalendars } from '../open-calendars.ts';
import type { LinkSources } from './answers/notice-links.ts';
import { Hook } from './hook.ts';

/** What of a configuration hooks are made from. */
export interface HookParts {
  readonly hooks: readonly HookConfig[];
  readonly calendars: readonly CalendarConfig[];
  readonly time: { readonly zone: string };
}

/** Throws EngineError CONFIG_NOT_FOUND where a file of certificates cannot be read. */
export function configuredHooks({ hooks, calendars, time }: HookParts, links?: LinkSources): readonly Hook[] {
  const open = openCalendars(calendars);
  return hooks.map((hook) => new Hook(hook, { zone: time.zone, calendars: open, links }));
}
