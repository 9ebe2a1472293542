/**
 * One error class, one table. The code is public and stable; the text is free to improve. The kind alone decides what the
 * engine does: config: refuse to start, exit 2 · data: to the DLQ, go on · io: retry, then red health · bug: stop uncommitted.
 * Each code has a row in engine/README.md (held by errors.test.ts).
 */
export type ErrorKind = 'config' | 'data' | 'io' | 'bug';
export interface ErrorEntry {
  readonly kind: ErrorKind;
  /** What it means; `%s` takes the details in turn. */
  readonly text: string;
  /** How to mend it. */
  readonly help: string;
}

export const ERRORS = {
  CONFIG_INVALID: {
    kind: 'config',
    text: 'the configuration is not usable: %s',
    help: 'run `earshot validate` on it: each fault is named with its line',
  },
  CONFIG_NOT_FOUND: {
    kind: 'config',
    text: 'cannot read %s: %s',
    help: 'name an existing file: the configuration with --config (left out: earshot.yaml), keys and certificates in it; relative paths start where Earshot is started',
  },
  FILE_UNUSABLE: {
    kind: 'config',
    text: 'cannot use %s: %s',
    help: 'name a file that can be read (of events) or written (of results), or - for stdin and stdout',
  },
  USAGE_INVALID: { kind: 'config', text: '%s', help: 'see `earshot <command> --help`' },
  EXPRESSION_INVALID: {
    kind: 'config',
    text: 'the expression %s is not valid CEL: %s',
    help: 'correct it; event fields are under `data.`, e.g. data.channel == "app"',
  },
  WINDOW_INVALID: {
    kind: 'config',
    text: 'window: %s',
    help: 'sizes, slides and gaps are durations such as 5s, 15m, 1h, 7d; a slide is not longer than its size',
  },
  FACTS_UNAVAILABLE: {
    kind: 'io',
    text: 'the facts in the bucket %s cannot be read: %s',
    help: 'events wait until they can: an event is joined with what was stored before it; see the reason',
  },
  FACTS_TOO_LARGE: {
    kind: 'io',
    text: 'the bucket %s holds more than facts[%s].max_bytes lets into memory',
    help: 'raise facts[].max_bytes, take fewer fields, or remove what is no longer needed, and start again; events wait',
  },
  STATE_MISMATCH: {
    kind: 'config',
    text: 'the saved state of %s was written under another configuration: %s',
    help: 'go back to that configuration, or start once with --reset kpi=<id>: that KPI starts from empty',
  },
  INSTANCES_RUN: {
    kind: 'config',
    text: '%s beside an instance that shares the partitions and runs some (%s)',
    help: 'stop all instances, start this one alone with it, and the others without it once /readyz says yes',
  },
  NATS_SERVER_MISSING: {
    kind: 'config',
    text: 'no nats-server was found: %s',
    help: 'apt-get install nats-server, or name one in NATS_SERVER_BIN',
  },
  NATS_SERVER_FAILED: {
    kind: 'config',
    text: 'the embedded nats-server did not start: %s',
    help: 'see the cause; nats.embedded names its store and port',
  },
  STORE_IN_USE: {
    kind: 'config',
    text: 'the store %s is in use by another Earshot, process %s',
    help: 'stop that one first, or name another store in nats.embedded.store',
  },
  STORE_LOST: {
    kind: 'io',
    text: 'streams were lost under the running engine: %s',
    help: 'the engine has ended, since what it knew goes with them: restore all streams from one backup and start it, or just start it: on an empty store it begins from nothing, and where only an input stream (CX_EVENTS_<p>) is gone it goes on with what comes next',
  },
  STORE_UNUSABLE: {
    kind: 'config',
    text: 'cannot write %s: %s',
    help: 'name a writable folder in nats.embedded.store',
  },
  AUDIT_BROKEN: {
    kind: 'config',
    text: 'the audit is not whole: %s',
    help: 'restore CX_AUDIT from a backup and look with `earshot audit verify`; or start once with --reset audit, which goes on and notes in the audit that it was broken, and where',
  },
  STORE_KEY_LOST: {
    kind: 'config',
    text: 'the store %s is encrypted, and its key is not there: %s',
    help: 'put the key file back, or give the key in nats.embedded.key or EARSHOT_STORE_KEY; without it nothing of the store can be read: name another store in nats.embedded.store to begin again',
  },
  STORE_KEY_WRONG: {
    kind: 'config',
    text: 'the store %s was encrypted with another key: %s',
    help: 'give the key it was encrypted with (nats.embedded.key, EARSHOT_STORE_KEY, or the key file beside the store); nothing was changed',
  },
  STORE_NOT_ENCRYPTED: {
    kind: 'config',
    text: 'the store %s is not encrypted yet, and could not be: %s',
    help: 'mend the cause and start again: a copy is encrypted and compared before it takes the place of the store, so until then nothing is changed; it needs as much disk again as the store has',
  },
  KEY_UNUSABLE: {
    kind: 'config',
    text: 'the key in %s cannot be used: %s',
    help: 'a key is a text of 32 to 512 characters without spaces; a key file belongs to whoever runs Earshot, with mode 0600',
  },
  STATE_UNREADABLE: {
    kind: 'config',
    text: 'the saved state of partition %s cannot be read: %s',
    help: 'use the version that wrote it, restore all streams from one backup, or start once with --reset state (docs/decisions, decision 12)',
  },
  STATE_LOST: {
    kind: 'config',
    text: 'the saved state of partition %s does not go with what it has written: %s',
    help: 'restore all streams from one backup, or start once with --reset state (docs/decisions, decision 12): going on would write outputs twice',
  },
  PAYLOAD_TOO_SMALL: {
    kind: 'config',
    text: 'the broker takes messages of at most %s bytes, and Earshot must write messages of %s',
    help: 'raise max_payload in the configuration of the nats-server, or leave it out there (1 MiB), and start both again',
  },
  STREAM_MISMATCH: {
    kind: 'config',
    text: 'the stream %s exists with other settings: %s',
    help: 'change the stream, or the configuration, so that they agree',
  },
  STREAM_RECREATED: {
    kind: 'config',
    text: 'the stream %s ends at %s, but %s was read before: it was recreated, or restored from an older copy',
    help: 'restore all streams from one backup; or, if what it holds is not wanted or is kept elsewhere, stop what publishes, delete it (nats stream rm) and start: it is made again and goes on after what was read',
  },
  STREAM_REFUSED: {
    kind: 'config',
    text: 'the broker does not make the stream %s as it is configured: %s',
    help: 'lower its nats.streams.<name>.max_bytes or nats.replicas, or raise what the server (max_file_store) or the account may hold',
  },
  STREAM_TOO_SMALL: {
    kind: 'config',
    text: 'the stream %s holds %s bytes, more than the %s it may have: the broker would delete the oldest',
    help: 'raise its nats.streams.<name>.max_bytes, or first free what may go yourself (nats stream purge); what CX_STATE holds may not go',
  },
  MODEL_INVALID: {
    kind: 'config',
    text: 'the model in %s is not usable: %s',
    help: 'the folder holds model.onnx and the files its card names; fetch it again or train it',
  },
  MODEL_FILE_MISSING: {
    kind: 'config',
    text: 'a model file is missing: %s',
    help: 'a model of your own is a folder with model.yaml, model.onnx and tokenizer.json (models/README.md)',
  },
  MODEL_CONFIG_INVALID: {
    kind: 'config',
    text: 'model.yaml is not usable: %s',
    help: 'correct the lines named; models/README.md lists every key',
  },
  MODEL_NOT_ONNX: {
    kind: 'config',
    text: 'the network cannot be loaded: %s',
    help: 'export it again as ONNX, with its external data beside it if it has any; a file of some hundred bytes is a Git LFS pointer',
  },
  MODEL_MISMATCH: {
    kind: 'config',
    text: 'the network does not fit its description: %s',
    help: 'correct labels, max_length, inputs or output in model.yaml, or export the model with its classification head',
  },
  MODEL_TOO_LARGE: {
    kind: 'config',
    text: 'a model file is too large: %s',
    help: 'use a smaller or quantised model, or raise scoring.max_model where memory and latency allow',
  },
  TOKENIZER_INVALID: {
    kind: 'config',
    text: 'the tokenizer cannot be used: %s',
    help: 'save it as tokenizer.json of a fast tokenizer (tokenizer.save_pretrained(dir) in transformers)',
  },
  LISTEN_FORBIDDEN: {
    kind: 'config',
    text: 'refusing to listen on %s without access keys',
    help: 'set http.auth in the configuration, or listen on 127.0.0.1',
  },
  LISTEN_FAILED: {
    kind: 'config',
    text: 'cannot listen on %s: %s',
    help: 'free the port, choose another (http.port, or --port), or correct the TLS files',
  },
  COMMIT_FENCED: {
    kind: 'io',
    text: 'partition %s was taken over by another instance',
    help: 'nothing to mend: this instance writes no more and waits; only one may own a partition',
  },
  LEASE_LOST: {
    kind: 'io',
    text: 'the lease of partition %s is lost: %s',
    help: 'nothing to mend: this instance waits for it again; a lease lives 3 s without being renewed, which a slow disk under the broker or a machine that stands still can take',
  },
  BROKER_UNAVAILABLE: {
    kind: 'io',
    text: 'NATS is not reachable at %s: %s',
    help: 'start it, or correct nats.servers (for replay: --nats); a running engine keeps trying',
  },
  JETSTREAM_UNAVAILABLE: {
    kind: 'io',
    text: 'JetStream cannot be used yet: %s',
    help: 'mend what is named at the broker; the engine keeps trying',
  },
  GATEWAY_UNREACHABLE: {
    kind: 'io',
    text: 'no engine answers at %s: %s',
    help: 'start one with `earshot run` or `npm start`, or name its address with --url',
  },
  SOURCE_GAP: {
    kind: 'io',
    text: 'the input of partition %s continues at %s, but %s comes next',
    help: 'messages were removed before they were read: raise the stream limits',
  },
  SCORER_FAILED: {
    kind: 'io',
    text: 'scoring failed: %s',
    help: 'see the cause in the log; the events go on with enrichment.status failed',
  },
  WORKER_LOST: {
    kind: 'io',
    text: 'a scoring worker ended: %s',
    help: 'nothing to mend: it is replaced and its batch scored again',
  },
  THREAD_LOST: {
    kind: 'io',
    text: 'the thread %s of partitions ended: %s',
    help: 'nothing to mend: its partitions start again from their last commit on another; should it happen again, see the log',
  },
  THREAD_FAILED: {
    kind: 'bug',
    text: 'the thread %s of partitions ended %s times within a minute: %s',
    help: 'where it says that memory ran out, raise it (NODE_OPTIONS=--max-old-space-size) or lower what KPIs hold; else please report it, with the log; `threads: 1` runs without such threads',
  },
  PUBLISH_FAILED: {
    kind: 'io',
    text: 'publishing to %s failed: %s',
    help: 'free space on the stream or mend the connection; a running engine keeps trying',
  },
  OPERATOR_FAILED: {
    kind: 'bug',
    text: 'the operator %s failed: %s',
    help: 'please report it, with the log; the state before it is safe',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Whether a word from elsewhere (another thread) is one of the codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly help: string;

  constructor(code: ErrorCode, details: readonly (string | number)[] = [], options?: { cause?: unknown }) {
    const entry: ErrorEntry = ERRORS[code];
    let next = 0;
    super(
      // An error about an error helps nobody: what was not said stays open in the text.
      entry.text.replace(/%s/g, () => String(details[next++] ?? '')),
      options,
    );
    this.code = code;
    this.kind = entry.kind;
    this.help = entry.help;
  }
}

/** What went wrong in words, whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
