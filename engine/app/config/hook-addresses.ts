/**
 * Addresses of hooks that can never be called as they stand: private ones, however they are written, that `allow` does not open.
 * A name is judged when it is called: what it resolves to may change. `validate` refuses them; an engine that is started with one
 * says so and goes on: the other hooks work.
 */
import { AddressGuard } from '../../adapters/outgoing/address-guard.ts';
import { reasonOf } from '../../core/errors.ts';
import { destinationOf } from '../../../operators/destinations/destinations.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import type { Fault } from '../../../operators/config/config-values.ts';

export function hookAddressFaults(hooks: readonly HookConfig[]): readonly Fault[] {
  return hooks.flatMap(({ kind, allow, settings }, i): readonly Fault[] => {
    const { setting, url } = destinationOf(kind).address(settings);
    const host = hostOf(url);
    if (host === null) return []; // its destination has said so
    try {
      new AddressGuard(allow).checkHost(host);
      return [];
    } catch (error) {
      return [{ at: ['hooks', i, setting], message: reasonOf(error) }];
    }
  });
}

/** As it is connected to: `2130706433` and `0x7f.1` are 127.0.0.1 to SMTP as well. */
function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  const asWeb = `http://${hostname}/`;
  return URL.canParse(asWeb) ? new URL(asWeb).hostname : hostname;
}
