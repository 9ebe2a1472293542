import { describe, expect, it } from 'vitest';
import { embeddedServerConfig, natsServerConfig } from './nats-server-config.ts';

describe('natsServerConfig', () => {
  it('maps each key to its partition, and needs nothing for one', () => {
    expect(natsServerConfig(1)).toBe('');
    expect(natsServerConfig(8)).toContain(
      '"cx.events.*.*.*": "cx.p.{{partition(8,3)}}.{{wildcard(1)}}.{{wildcard(2)}}"',
    );
  });
});

describe('embeddedServerConfig', () => {
  it('listens on loopback only, and quotes paths', () => {
    const settings = { name: 'n', port: 4333, store: 'C:\\a "b"', partitions: 2, maxPayloadBytes: 8_388_608 };
    const text = embeddedServerConfig({ ...settings, isEncrypted: false });
    expect(text).not.toContain('cipher');
    expect(text).toContain('host: "127.0.0.1"\nport: 4333\nmax_payload: 8388608\n');
    expect(text).toContain('store_dir: "C:\\\\a \\"b\\""');
    expect(text).toContain('partition(2,3)');
  });

  it('names where the key is, and does not hold it', () => {
    const settings = { name: 'n', port: 4333, store: '/s', partitions: 1, maxPayloadBytes: 8_388_608 };
    const text = embeddedServerConfig({ ...settings, isEncrypted: true });
    expect(text).toContain('  cipher: "aes"\n  key: $EARSHOT_NATS_STORE_KEY\n}');
  });
});
