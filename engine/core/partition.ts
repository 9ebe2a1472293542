/** Which partition a key belongs to: FNV-1a, 32 bit, over its UTF-8 bytes, modulo n: the hash of nats-server's `partition()` mapping. */
const encoder = new TextEncoder();

export function partitionOf(key: string, partitions: number): number {
  if (partitions <= 1) return 0;
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(key)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
