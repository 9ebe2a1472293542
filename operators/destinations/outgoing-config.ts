/** `outgoing`: the way out that hooks take unless one names its own. */
import { isWebAddress } from '../../engine/core/text/addresses.ts';
import { names, object, secret } from '../config/config-schema-forms.ts';
import type { ConfigPart, Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import { noProxyEntry, type NoProxyEntry } from './no-proxy.ts';

export interface OutgoingConfig {
  /** `http://user:password@host:port`; null: hooks call directly. */
  readonly proxy: string | null;
  /** What is called directly all the same. */
  readonly noProxy: readonly NoProxyEntry[];
}

export const PROXY_FORM = 'an HTTP proxy that is asked to connect (CONNECT): `http://user:password@host:port`';

export const OUTGOING_PART: ConfigPart<OutgoingConfig> = {
  fields: {
    outgoing: object('the way out of what Earshot calls: the receivers of `hooks`', {
      proxy: secret(`${PROXY_FORM}; a hook's own \`proxy\` comes first, mail goes directly`),
      no_proxy: names(
        'called directly: names (`example.com`: with all below it), addresses, networks (`10.0.0.0/8`), `*` for all',
        { type: 'string', minLength: 1, maxLength: 253 },
        100,
      ),
    }),
  },
  read: (root, { report }) => readOutgoing(root, report),
};

/** For other parts as well, which report nothing: that is done once. */
export function readOutgoing(root: Section, report: Report = () => undefined): OutgoingConfig {
  const section = root.section('outgoing');
  const noProxy = section.strings('no_proxy').flatMap((text, i) => {
    const entry = noProxyEntry(text);
    if (entry === null) {
      report(
        section.path('no_proxy', i),
        'expected a name, an address, a network as 10.0.0.0/8, or *: no scheme, no port',
      );
    }
    return entry ?? []; // reported above
  });
  return { proxy: readProxyAddress(section, report), noProxy };
}

export function readProxyAddress(section: Section, report: Report): string | null {
  const proxy = section.text('proxy', null);
  if (proxy !== null && !isWebAddress(proxy)) {
    report(section.path('proxy'), 'expected the http address of a proxy (its text may be a secret and is not shown)');
  }
  return proxy;
}
