import { describe, expect, it } from 'vitest';
import { serverConformance } from '../testing/server.conformance.ts';
import { loadUws, openUwsServer } from './uws-server.ts';

const uws = loadUws();
if (uws === undefined) {
  describe('web server uws', () => {
    it('has no binary for this platform: the gateway uses ws', () => {
      expect(loadUws()).toBeUndefined();
    });
  });
} else {
  serverConformance('uws', (options) => openUwsServer(uws, options));
}
