/**
 * What values of drift are held against, learned from one's own events: the counts of the first final company-wide windows,
 * none overlapping another, until there are enough, kept in a JSON file. Used from the next start on: within a run the
 * reference never changes, so that a value does not depend on when it was computed.
 */
import { at } from '../../core/must.ts';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Json, LiveFeed, Logger } from '../../core/types.ts';

export interface Bins {
  readonly min: number;
  readonly max: number;
  readonly bins: number;
}
/** As the file has it, by KPI. */
interface Learned extends Bins {
  /** Values counted so far. */
  readonly n: number;
  readonly counts: readonly number[];
  /** End of the last window counted, RFC 3339. */
  readonly until: string;
}

export interface LearnedReference {
  /** Counts of a KPI where enough was learned when this run began. */
  of(kpi: string): readonly number[] | null;
  /** Learns from what it is shown, and passes it on. */
  watch(live: LiveFeed): LiveFeed;
  /** Resolves when what was learned is written. */
  saved(): Promise<void>;
}

/**
 * @param kpis which are to be learned, with their bins
 * @param enough values
 * Throws FILE_UNUSABLE where the file is not one of these, or was learned with other bins.
 */
export async function openLearnedReference(
  file: string,
  kpis: ReadonlyMap<string, Bins>,
  enough: number,
  logger: Logger,
): Promise<LearnedReference> {
  const learned = new Map<string, Learned>();
  for (const [kpi, one] of Object.entries(await read(file))) {
    const bins = kpis.get(kpi);
    if (bins !== undefined && (one.min !== bins.min || one.max !== bins.max || one.counts.length !== bins.bins)) {
      throw unusable(file, `${kpi} was learned in ${one.counts.length} bins from ${one.min} to ${one.max}: remove it`);
    }
    learned.set(kpi, one);
  }
  const atStart = new Map(learned);
  let saving = Promise.resolve();

  function save(): void {
    const text = `${JSON.stringify(Object.fromEntries(learned), null, 2)}\n`;
    saving = saving
      .then(async () => {
        await writeFile(`${file}.new`, text);
        await rename(`${file}.new`, file);
      })
      .catch((thrown: unknown) =>
        logger.error('what was learned could not be kept', { file, reason: reasonOf(thrown) }),
      );
  }

  function note(value: FinalWindow): void {
    const bins = kpis.get(value.kpi);
    const before = learned.get(value.kpi);
    if (bins === undefined || value.counts.length !== bins.bins || (before?.n ?? 0) >= enough) return;
    if (before !== undefined && value.start < before.until) return;
    const counts = value.counts.map((count, bin) => (before === undefined ? count : count + at(before.counts, bin)));
    const n = counts.reduce((a, b) => a + b, 0);
    if (n === 0) return;
    learned.set(value.kpi, { ...bins, n, counts, until: value.end });
    save();
    if (n >= enough)
      logger.info('a reference of drift was learned; it is used from the next start on', { kpi: value.kpi, n, file });
  }

  return {
    of(kpi) {
      const found = atStart.get(kpi);
      return found !== undefined && found.n >= enough ? found.counts : null;
    },
    watch: (live) => ({
      show: (items) => live.show(items),
      committed(messages) {
        for (const { subject, data } of messages) {
          const value = subject.startsWith('cx.kpi.') ? finalWindow(data) : undefined;
          if (value !== undefined) note(value);
        }
        live.committed(messages);
      },
      time: (partition, watermark, lagMs) => live.time(partition, watermark, lagMs),
      restored: (partition) => live.restored(partition),
    }),
    saved: () => saving,
  };
}

interface FinalWindow {
  readonly kpi: string;
  readonly start: string;
  readonly end: string;
  readonly counts: readonly number[];
}

/** Of a value of drift for all keys together; undefined: it is another message, or a revision. */
function finalWindow(data: Json): FinalWindow | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const { kpi, key, window, final, revision, detail } = data as Partial<{
    kpi: string;
    key: Record<string, string>;
    window: { start: string; end: string };
    final: boolean;
    revision: number;
    detail: { counts?: readonly number[] } | null;
  }>;
  if (final !== true || revision !== 0 || kpi === undefined || window === undefined) return undefined;
  if (key === undefined || Object.keys(key).length > 0 || !Array.isArray(detail?.counts)) return undefined;
  return { kpi, ...window, counts: detail.counts };
}

async function read(file: string): Promise<Record<string, Learned>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return {};
    throw unusable(file, reasonOf(thrown));
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (thrown) {
    throw unusable(file, reasonOf(thrown));
  }
  const entries = Object.entries(typeof found === 'object' && found !== null ? found : {}) as [
    string,
    Partial<Learned>,
  ][];
  const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
  const isGood = ([, one]: [string, Partial<Learned> | null]): boolean =>
    typeof one?.until === 'string' &&
    [one.min, one.max, one.n].every(isNumber) &&
    Array.isArray(one.counts) &&
    one.counts.every((count) => isNumber(count) && count >= 0);
  if (typeof found !== 'object' || found === null || Array.isArray(found) || !entries.every(isGood)) {
    throw unusable(file, 'expected what was learned by KPI: {min, max, n, counts, until}');
  }
  return found as Record<string, Learned>;
}

const unusable = (file: string, why: string): EngineError => new EngineError('FILE_UNUSABLE', [file, why]);
