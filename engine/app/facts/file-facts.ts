/** Facts for a run over a file: from CSV files, the same for all events. */
import { EngineError } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import { START_OF_TIME, type BatchStage, type Logger, type Prepared } from '../../core/types.ts';
import { createMasker, type MaskerOptions } from '../../../operators/events/masking/mask.ts';
import { factKeyOf, fieldsOf } from '../../../operators/facts/fact-fields.ts';
import { FactTable } from '../../../operators/facts/fact-table.ts';
import type { FactConfig } from '../../../operators/facts/facts-config.ts';
import { factsStage, noFactCounts } from '../../../operators/facts/facts-stage.ts';
import type { CompileExpression, CxEvent } from '../../../operators/shared/messages.ts';
import { openFactFile } from './fact-file.ts';

export interface FileFactsOptions {
  readonly compile: CompileExpression;
  readonly mask: MaskerOptions;
  readonly logger: Logger;
}

/** `given`: `<fact>=<file.csv>:<key column>`, of each fact. null: none are configured. */
export async function fileFacts(
  facts: readonly FactConfig[],
  given: readonly string[],
  { compile, mask, logger }: FileFactsOptions,
): Promise<BatchStage<Prepared<CxEvent>, Prepared<CxEvent>> | null> {
  const files = new Map(given.map((one) => readGiven(one, facts)));
  if (facts.length === 0) return null;
  const masker = createMasker(mask);
  const tables = new Map<string, FactTable>();
  for (const fact of facts) {
    const table = new FactTable({ history: 1, maxBytes: fact.maxBytes });
    tables.set(fact.id, table);
    const from = files.get(fact.id);
    if (from === undefined) {
      refuseUnknown(fact, logger);
      continue;
    }
    const rows = await openFactFile(from.file, { key: from.key, text: [] });
    for await (const { key, fields } of rows.rows())
      table.put(factKeyOf(key, fact, masker), START_OF_TIME, fieldsOf(JSON.stringify(fields), fact, masker));
    if (table.isFull) throw new EngineError('FACTS_TOO_LARGE', [from.file, fact.id]);
  }
  const counts = noFactCounts();
  return factsStage({
    facts,
    compile,
    counts: () => counts,
    values: {
      settled: () => Promise.resolve(),
      fieldsAt: (fact, key, instant) => must(tables.get(fact)).fieldsAt(key, instant),
      // A file has all that there is.
      firstFieldsIn: () => null,
      known: () => Promise.resolve(true),
    },
  });
}

function readGiven(
  given: string,
  facts: readonly FactConfig[],
): readonly [string, { readonly file: string; readonly key: string }] {
  const [, id, file, key] = /^([a-z]\w*)=(.+):([^:]+)$/.exec(given) ?? [];
  if (id === undefined || file === undefined || key === undefined)
    throw new EngineError('USAGE_INVALID', [`--facts ${given}: expected <fact>=<file.csv>:<key column>`]);
  const ids = facts.map((fact) => fact.id);
  if (!ids.includes(id))
    throw new EngineError('USAGE_INVALID', [`--facts ${given}: there are no facts "${id}"${didYouMean(id, ids)}`]);
  return [id, { file, key }];
}

/** Without a file every event misses. */
function refuseUnknown({ id, miss }: FactConfig, logger: Logger): void {
  const give = `--facts ${id}=<file.csv>:<key column>`;
  if (miss === 'drop')
    throw new EngineError('USAGE_INVALID', [
      `every event would be left out, for want of the facts "${id}": give ${give}`,
    ]);
  logger.warn('events are not joined with facts: no file of them was given', { fact: id, give });
}
