/**
 * `earshot facts load <file.csv>`: customers, stores and the like into the bucket that events are joined with. `list`: the
 * configured lookups and what their buckets hold. `get <fact> <key>`: what an event of that key is given.
 */
import { Argument } from 'commander';
import { openFactBucket } from '../../adapters/facts/fact-bucket.ts';
import { encodeFactKey } from '../../adapters/facts/fact-key.ts';
import { fileMaskKey } from '../../adapters/keys/kept-keys.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { EngineError } from '../../core/errors.ts';
import { formatInstant } from '../../core/cloud-events.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import { createMasker } from '../../../operators/events/masking/mask.ts';
import { fieldsOf } from '../../../operators/facts/fact-fields.ts';
import type { Config } from '../config/config.ts';
import { openFactFile } from '../facts/fact-file.ts';
import { loadFacts } from '../facts/load-facts.ts';
import { withBroker } from './shared/broker-session.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption, logOption } from './shared/option-values.ts';
import { untilStopped } from './shared/stopping.ts';

interface FactsOptions {
  readonly config?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly text?: string;
  readonly prune?: boolean;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(['load', 'list', 'get']))
      .argument('[name]', 'the CSV file to load, or the lookup to get from')
      .argument('[key]', 'of which key, for get')
      .option('--bucket <bucket>', 'where to load (default: that of the only lookup configured)')
      .option('--key <column>', 'the column of keys')
      .option('--text <columns>', 'columns that stay text though they look like numbers, with commas between')
      .option('--prune', 'delete keys that the file does not have')
      .addOption(configOption())
      .addOption(logOption().default('pretty'))
      .action(
        async (
          what: 'load' | 'list' | 'get',
          name: string | undefined,
          key: string | undefined,
          options: FactsOptions,
        ) => {
          const config = await configured(options.config);
          if (what === 'load') await load(config, name, options);
          else if (what === 'list') await list(config, options);
          else await get(config, name, key, options);
        },
      ),
};

async function load(config: Config, file: string | undefined, options: FactsOptions): Promise<void> {
  if (file === undefined)
    throw new EngineError('USAGE_INVALID', ['which file? earshot facts load customers.csv --key id']);
  const [only] = config.facts.length === 1 ? config.facts : [];
  const bucket = options.bucket ?? only?.bucket;
  if (bucket === undefined) throw new EngineError('USAGE_INVALID', ['into which bucket? name it with --bucket']);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(bucket) || /^CX_(KEYS|LEASES|HOOKS)$/.test(bucket))
    throw new EngineError('USAGE_INVALID', [
      `"${bucket}" cannot be a bucket of facts: expected a name such as CX_CUSTOMERS`,
    ]);
  if (options.key === undefined)
    throw new EngineError('USAGE_INVALID', ['which column holds the keys? name it with --key']);
  const text = options.text?.split(',').map((name) => name.trim()) ?? []; // none
  const rows = await openFactFile(file, { key: options.key, text });
  const logger = stderrLogger(options.log);
  const progress = progressLine(process.stderr, () => systemClock.now(), logger);
  const { signal } = untilStopped();
  const { replicas } = config.nats;
  const loaded = await withBroker(config, logger, (nc) =>
    loadFacts(nc, rows, {
      ...{ bucket, replicas, prune: options.prune === true, logger, signal },
      onProgress: (done) => progress.show(`${done} of ${rows.count} rows`),
    }),
  );
  progress.end();
  const kinds = [...rows.kinds].map(([name, kind]) => `${name} (${kind})`).join(', ');
  process.stdout.write(
    `${bucket}: ${rows.count} rows: ${loaded.added} new, ${loaded.changed} changed, ${loaded.same} as they were, ${loaded.removed} removed\n  fields: ${kinds}\n`,
  );
}

async function list(config: Config, { log }: FactsOptions): Promise<void> {
  if (config.facts.length === 0) {
    process.stdout.write('the configuration has no facts\n');
    return;
  }
  await withBroker(config, stderrLogger(log), async (nc) => {
    for (const { id, bucket, key, take, derive, miss } of config.facts) {
      const { values, history, size } = await (await openFactBucket(nc, bucket, config.nats.replicas)).status();
      const fields = [...take, ...Object.keys(derive)].map((name) => `data.${id}.${name}`).join(', ');
      process.stdout.write(
        `${id}: bucket ${bucket}, ${values} values (up to ${history} a key), ${size} bytes\n  by ${key}: ${fields}; miss: ${miss}\n`,
      );
    }
  });
}

async function get(
  config: Config,
  id: string | undefined,
  key: string | undefined,
  { log }: FactsOptions,
): Promise<void> {
  const ids = config.facts.map((fact) => fact.id);
  const fact = config.facts.find((one) => one.id === id);
  if (fact === undefined || key === undefined) {
    const wrong =
      id === undefined || key === undefined
        ? 'expected: earshot facts get <fact> <key>;'
        : `there are no facts "${id}"${didYouMean(id, ids)};`;
    throw new EngineError('USAGE_INVALID', [`${wrong} there are: ${ids.join(', ') || 'none'}`]);
  }
  const store = config.nats.servers.length === 0 ? config.nats.embedded.store : null;
  const entry = await withBroker(config, stderrLogger(log), async (nc) =>
    (await openFactBucket(nc, fact.bucket, config.nats.replicas)).get(encodeFactKey(key)),
  );
  if (entry?.operation !== 'PUT') {
    process.stdout.write(`${fact.id}: nothing is known of this key\n`);
    process.exitCode = 1;
    return;
  }
  // Without a key as `process` does it. As events are given it: what is personal does not come to the screen either.
  const fields = fieldsOf(
    entry.string(),
    fact,
    createMasker({ key: fileMaskKey(store) ?? '' /* none is kept */, labels: config.mask.labels }),
  );
  process.stdout.write(`${JSON.stringify(fields)}\n  since ${formatInstant(entry.created.getTime())}\n`);
}
