/** Which addresses of hooks `validate` refuses, and which way out the hooks of a configuration take. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { Fault } from '../../../operators/config/config-values.ts';
import { parseConfig } from './config.ts';
import { hookAddressFaults } from './hook-addresses.ts';

interface Read {
  readonly proxies: readonly (string | null)[];
  readonly faults: readonly string[];
}
function read(raw: object): Read {
  const result = parseConfig(raw, compileExpression);
  const text = ({ at, message }: Fault): string => `${at.join('.')}: ${message}`;
  if ('faults' in result) return { proxies: [], faults: result.faults.map(text) };
  const { hooks } = result.config;
  return { proxies: hooks.map(({ proxy }) => proxy), faults: hookAddressFaults(hooks).map(text) };
}
const webhook = (url: string, more: object = {}): object => ({ id: 'h', kind: 'webhook', url, ...more });

describe('validate names addresses that can never be called', () => {
  it.each([
    ['[::ffff:10.0.0.1]', '::ffff:a00:1'],
    ['[::ffff:7f00:1]', '::ffff:7f00:1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['169.254.169.254', '169.254.169.254'],
    ['100.64.0.1', '100.64.0.1'],
    ['localhost.', '127.0.0.1'],
    ['[64:ff9b::a00:1]', '64:ff9b::a00:1'],
  ])('40: %s is %s, and said where it stands without the rest of the URL', (host, address) => {
    const { faults } = read({ hooks: [webhook(`http://${host}:8080/secret?token=s3cret`)] });
    expect(faults).toEqual([
      `hooks.0.url: the host has the private address ${address}: name its network in \`allow\` of the hook if it is meant`,
    ]);
  });

  it('40: a network that is allowed opens the addresses in it alone', () => {
    const allow = ['10.0.0.0/8'];
    expect(read({ hooks: [webhook('http://[::ffff:10.0.0.1]/', { allow })] }).faults).toEqual([]);
    for (const host of ['[::ffff:7f00:1]', '2130706433', '169.254.169.254', 'localhost.']) {
      expect(read({ hooks: [webhook(`http://${host}/`, { allow })] }).faults).toHaveLength(1);
    }
  });

  it('of a mail server as well, where numbers are addresses too; a name is left to when it is called', () => {
    const mail = (smtp: string): object => ({ id: 'm', kind: 'email', smtp, from: 'a@b.example', to: 'c@d.example' });
    expect(read({ hooks: [mail('smtp://2130706433:25')] }).faults).toEqual([
      expect.stringMatching(/^hooks\.0\.smtp: the host has the private address 127\.0\.0\.1/),
    ]);
    expect(read({ hooks: [mail('smtps://mail.example')] }).faults).toEqual([]);
  });

  it('names what `allow` holds that is no network', () => {
    expect(read({ hooks: [webhook('https://a.example', { allow: ['10.0.0.0/99'] })] }).faults).toEqual([
      'hooks.0.allow.0: expected an address or a network, as 10.0.0.0/8',
    ]);
  });
});

describe('the proxy of all hooks', () => {
  const proxy = 'http://u:p@proxy.example:3128';
  const own = 'http://own.example:8080';
  const hooks = [
    webhook('https://hooks.example.com/a'),
    webhook('https://chat.internal.example/b', { id: 'inner' }),
    webhook('https://10.1.2.3/c', { id: 'near', allow: ['10.0.0.0/8'] }),
    webhook('https://chat.internal.example/d', { id: 'own', proxy: own }),
    { id: 'mail', kind: 'email', smtp: 'smtps://mail.example', from: 'a@b.example', to: 'c@d.example' },
  ];

  it('is taken by those that name none, but for what is called directly and for mail', () => {
    expect(read({ outgoing: { proxy, no_proxy: ['internal.example', '10.0.0.0/8'] }, hooks }).proxies).toEqual([
      proxy,
      null,
      null,
      own,
      null,
    ]);
    expect(read({ outgoing: { proxy }, hooks }).proxies).toEqual([proxy, proxy, proxy, own, null]);
    expect(read({ hooks }).proxies).toEqual([null, null, null, own, null]);
  });

  it('what is none is named once, and not quoted', () => {
    const { faults } = read({ outgoing: { proxy: 'socks5://u:s3cret@x', no_proxy: ['http://a', 'b'] }, hooks });
    expect(faults).toEqual([
      'outgoing.no_proxy.0: expected a name, an address, a network as 10.0.0.0/8, or *: no scheme, no port',
      'outgoing.proxy: expected the http address of a proxy (its text may be a secret and is not shown)',
    ]);
  });
});
