/** A thread for the hooks, as its engine sees it. */
import { opensThread, type OpenThread, type Thread } from '../../../adapters/process/open-thread.ts';
import { runHookThread } from './hook-thread.ts';
import type { FromHookThread, HookThreadData, ToHookThread } from './hook-thread-messages.ts';

export type HookThread = Thread<ToHookThread>;
export type OpenHookThread = OpenThread<HookThreadData, ToHookThread, FromHookThread>;

export const openHookThread: OpenHookThread = opensThread({
  name: 'hooks',
  file: 'earshot-hooks.js',
  run: runHookThread,
});
