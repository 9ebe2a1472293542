import { describe, expect, it } from 'vitest';
import { PROTOCOLS } from '../../core/wire.ts';
import { CODECS, protocolOf } from './live-codecs.ts';

describe('the protocol of a live connection', () => {
  it.each(PROTOCOLS)('is %s where a client offers it, whatever else it offers before', (protocol) => {
    expect(protocolOf(`mqtt, toString,${protocol} , earshot.v1.json`)).toBe(protocol);
    expect(CODECS[protocol].protocol).toBe(protocol);
  });

  it.each([undefined, '', 'toString', 'constructor', '__proto__', 'hasOwnProperty, valueOf', 'earshot.v1.JSON'])(
    'is none for %s: what every object has is none of ours, and would end the engine',
    (offered) => {
      expect(protocolOf(offered)).toBeUndefined();
    },
  );
});
