import type { LookupAddress, lookup } from 'node:dns';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AddressGuard, PrivateAddressError } from './address-guard.ts';
import { OutgoingHttp } from './outgoing-http.ts';

const PRIVATE = [
  '[::ffff:10.0.0.1]',
  '[::ffff:7f00:1]',
  '2130706433',
  '0x7f.1',
  '127.1',
  '017700000001',
  '①②⑦.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.168.1.1',
  '172.31.255.255',
  '0.0.0.0',
  '[::]',
  '[::1]',
  '[fd00::1]',
  '[fe80::1]',
  '[64:ff9b::a00:1]',
  '[2002:a00:1::]',
  '[::10.0.0.1]',
  '[::ffff:0:10.0.0.1]',
  '[2001::1]',
  '[fec0::1]',
  '[ff02::1]',
  'localhost',
  'localhost.',
];

describe('which addresses may be called', () => {
  it.each(PRIVATE)('40: %s is refused before anything is sent', async (host) => {
    const http = new OutgoingHttp({ allow: [], ca: null });
    const result = await http.post(`http://${host}:9/`, {}, '{}');
    expect(result).toMatchObject({ kind: 'refused', reason: 'private_address' });
    http.close();
  });

  it('a network that is named opens it alone', () => {
    const guard = new AddressGuard(['10.0.0.0/8', 'fd00::/8', '127.0.0.1']);
    expect(guard.mayCall('10.1.2.3')).toBe(true);
    expect(guard.mayCall('::ffff:10.0.0.1')).toBe(true);
    expect(guard.mayCall('fd00::1')).toBe(true);
    expect(guard.mayCall('127.0.0.1')).toBe(true);
    expect(guard.mayCall('127.0.0.2')).toBe(false);
    expect(guard.mayCall('192.168.0.1')).toBe(false);
    expect(guard.mayCall('8.8.8.8')).toBe(true);
    expect(guard.mayCall('::ffff:8.8.8.8')).toBe(true);
    expect(guard.mayCall('2606:4700:4700::1111')).toBe(true);
    expect(() => guard.checkHost('192.168.0.1')).toThrow(PrivateAddressError);
  });

  it('39: a name that resolves to a private address is refused when it is connected to', async () => {
    const guard = new AddressGuard([]);
    const error = await new Promise<unknown>((resolve) => guard.lookup('localhost', {}, (failure) => resolve(failure)));
    expect(error).toBeInstanceOf(PrivateAddressError);
  });

  it('39: a name that is public when it is looked at and private when it is connected to reaches nobody, nor does one with both', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answers = ['93.184.216.34', '127.0.0.1', 'both'];
    const resolver = ((_: string, __: object, done: (error: null, found: readonly LookupAddress[]) => void) => {
      const answer = answers.shift() ?? '127.0.0.1';
      const of = (address: string): LookupAddress => ({ address, family: 4 });
      done(null, answer === 'both' ? [of('93.184.216.34'), of('127.0.0.1')] : [of(answer)]);
    }) as typeof lookup;
    const guard = new AddressGuard([], resolver);
    await guard.checkName('rebound.example'); // public, this once
    const call = (): Promise<unknown> =>
      new Promise((resolve) => {
        const asked = request({ host: 'rebound.example', port, lookup: guard.lookup }, () => resolve('answered'));
        asked.on('error', resolve).end();
      });
    expect(await call()).toBeInstanceOf(PrivateAddressError);
    expect(await call()).toBeInstanceOf(PrivateAddressError);
    expect(answers).toEqual([]);
    expect(connections).toBe(0);
    // The same as hooks send, once for each scheme.
    answers.push('127.0.0.1', 'both');
    for (const scheme of ['http', 'https']) {
      const http = new OutgoingHttp({ allow: [], ca: null, resolver });
      const refused = await http.post(`${scheme}://rebound.example:${port}/TOKEN`, {}, 'BODY');
      expect(refused).toMatchObject({ kind: 'refused', reason: 'private_address' });
      expect(JSON.stringify(refused)).not.toMatch(/TOKEN|BODY/);
      http.close();
    }
    expect(connections).toBe(0);
    const opened = new AddressGuard(['127.0.0.1'], resolver); // it would have been reached
    const reached = request({ host: 'rebound.example', port, lookup: opened.lookup }).on('error', () => undefined);
    reached.end();
    await expect.poll(() => connections).toBe(1);
    reached.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
