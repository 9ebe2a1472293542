/** What mutes what, as it is configured. */
import type { InhibitRule } from '../../delivery/inhibition.ts';
import type { Inhibition } from '../../../operators/destinations/hooks-config.ts';
import { isMatch, propertyOf } from '../../../operators/destinations/matchers.ts';

export function inhibitRule({ source, target, equal }: Inhibition): InhibitRule {
  return {
    isSource: (message) => isMatch(source, message),
    isTarget: (message) => isMatch(target, message),
    common: (message) => {
      if (equal.some((name) => propertyOf(message, name) === '' && !Object.hasOwn(message.key, name))) return null;
      return equal.map((name) => propertyOf(message, name)).join('\n');
    },
  };
}
