/** The text of nats-server configurations: the partition mapping that users put on their own server, and the embedded one's. */

/**
 * The mapping that routes `cx.events.<channel>.<family>.<key>` to `cx.p.<partition(key)>.<channel>.<family>`, for the top
 * level of a server configuration or for an account in it. Empty for one partition, which needs none. The server hashes
 * the key as `partitionOf` does, and drops it, so that keys are never stored as subjects.
 */
export function natsServerConfig(partitions: number): string {
  if (partitions <= 1) return '';
  return `mappings = {
  "cx.events.*.*.*": "cx.p.{{partition(${String(partitions)},3)}}.{{wildcard(1)}}.{{wildcard(2)}}"
}
`;
}

export interface EmbeddedServerSettings {
  readonly name: string;
  readonly port: number;
  /** Folder of JetStream's files. */
  readonly store: string;
  readonly partitions: number;
  readonly maxPayloadBytes: number;
  /** Its key is in the environment (KEY_VARIABLE): this text, which lies beside the data, holds none. */
  readonly isEncrypted: boolean;
}

/** Where the server finds the key of its store. */
export const KEY_VARIABLE = 'EARSHOT_NATS_STORE_KEY';

/** The server reads a variable as it would the text in its place. */
export function keyVariable(key: string): string {
  return quoted(key);
}

export function embeddedServerConfig(settings: EmbeddedServerSettings): string {
  const encryption = settings.isEncrypted ? `  cipher: "aes"\n  key: $${KEY_VARIABLE}\n` : '';
  // A stated max_file_store keeps the server from refusing streams because their limits together exceed today's free disk.
  return `server_name: ${quoted(settings.name)}
host: "127.0.0.1"
port: ${String(settings.port)}
max_payload: ${String(settings.maxPayloadBytes)}
max_pending: 134217728
write_deadline: "10s"
jetstream {
  store_dir: ${quoted(settings.store)}
  max_memory_store: 268435456
  max_file_store: 1099511627776
${encryption}}
${natsServerConfig(settings.partitions)}`;
}

/** In the configuration's strings a backslash escapes. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
}
