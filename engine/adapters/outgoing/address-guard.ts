/**
 * Which addresses may be called: public ones, and private ones that the configuration names. Checked for what is connected to,
 * after names are resolved: a name that answers differently the second time changes nothing.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export type Resolver = typeof resolve;

/** Thrown before anything is sent. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

const PRIVATE: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  // With it `::1`, and IPv4 addresses in their oldest form.
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

export class AddressGuard {
  readonly #denied = new BlockList();
  readonly #allowed = new BlockList();

  readonly #resolve: Resolver;

  /**
   * `allow`: addresses and networks as `10.0.0.0/8`. Throws a plain Error that names one that is none. `resolver`: the system's
   * unless given.
   */
  constructor(allow: readonly string[], resolver: Resolver = resolve) {
    this.#resolve = resolver;
    for (const [network, prefix, family] of PRIVATE) this.#denied.addSubnet(network, prefix, family);
    for (const network of allow) {
      const [address = '', prefix] = network.split('/');
      const version = isIP(address);
      const longest = version === 4 ? 32 : 128;
      const length = Number(prefix ?? longest); // without one it is one address
      if (version === 0 || !(length >= 0 && length <= longest)) {
        throw new Error(`${network} is neither an address nor a network`);
      }
      this.#allowed.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
    }
  }

  mayCall(address: string): boolean {
    const version = isIP(address);
    if (version === 0) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    return this.#allowed.check(address, family) || !this.#denied.check(address, family);
  }

  /** For hosts that are addresses, and those that always mean this machine: other names are checked when they are resolved. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (/^(.+\.)?localhost\.?$/i.test(bare)) this.#check([{ address: '127.0.0.1', family: 4 }]);
    if (isIP(bare) !== 0) this.#check([{ address: bare, family: isIP(bare) }]);
  }

  /** Refuses a name that resolves to an address that may not be called; one that does not resolve here is not judged. */
  checkName(host: string): Promise<void> {
    return new Promise((accept, refuse) => {
      this.#resolve(host.replace(/^\[|\]$/g, ''), { all: true }, (error, addresses) => {
        try {
          if (error === null) this.#check(addresses);
          accept();
        } catch (refused) {
          refuse(refused instanceof Error ? refused : new Error(String(refused)));
        }
      });
    });
  }

  /** Resolves as `dns.lookup` does, and refuses a name of which any address may not be called. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      try {
        this.#check(addresses);
      } catch (refused) {
        callback(refused as Error, '', 0);
        return;
      }
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else if (first === undefined) callback(new Error('the name has no address'), '', 0);
      else callback(null, first.address, first.family);
    });
  };

  #check(addresses: readonly LookupAddress[]): void {
    const wrong = addresses.find(({ address }) => !this.mayCall(address));
    if (wrong !== undefined) {
      throw new PrivateAddressError(
        `the host has the private address ${wrong.address}: name its network in \`allow\` of the hook if it is meant`,
      );
    }
  }
}
