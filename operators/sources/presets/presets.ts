/** All presets. One that is listed can be named in the configuration, and has a golden payload beside its test. */
import { chatwoot } from './chatwoot.ts';
import { formbricks } from './formbricks.ts';
import { githubStyle } from './github-style.ts';
import { intercom } from './intercom.ts';
import type { Preset } from './preset.ts';
import { typeform } from './typeform.ts';
import { wjx } from './wjx.ts';
import { zendesk } from './zendesk.ts';

export const PRESETS: readonly Preset[] = [chatwoot, zendesk, formbricks, typeform, intercom, wjx, githubStyle];

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);
