/** Which models score: from the folders of the configuration to a warm pool of workers. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { openLearnedReference, type LearnedReference } from '../adapters/scoring/learned-reference.ts';
import { readModelFolder, type ModelFolder } from '../adapters/scoring/model-folder.ts';
import { failureFields } from '../adapters/process/log.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import type { ModelId } from '../adapters/scoring/scoring-lane.ts';
import { scoringFamilies } from '../adapters/scoring/scoring-metrics.ts';
import { ScoringPool } from '../adapters/scoring/scoring-pool.ts';
import { shadowFamilies, ShadowScorer, type Comparison } from '../adapters/scoring/shadow-scorer.ts';
import { single, type Family } from '../core/metrics.ts';
import { EngineError } from '../core/errors.ts';
import type { Logger } from '../core/types.ts';
import { SCORING_RUNNER } from '../../models/location.ts';
import { modelForm, type OwnModel } from '../../models/own/form.ts';
import type { CxTextScorer, ModelPart, TextScore } from '../../models/serving/scorer.ts';
import { isOfScores } from '../../operators/measures/psi-measure.ts';
import type { Config } from './config/config.ts';

/** What a scoring thread loads. */
export interface ModelParts {
  readonly sentiment: ModelPart;
  readonly issues: ModelPart | null;
}

/** Models at work. */
export interface Scoring {
  readonly pool: ScoringPool<TextScore>;
  /** The pool, followed by the shadow model where there is one. */
  readonly scorer: CxTextScorer;
  /** How the sentiment model's scores were distributed when all was well: counts by bin; null: it does not say. */
  readonly reference: readonly number[] | null;
  families(): readonly Family[];
  /**
   * Reads the configured folders again and goes over to what they hold now; no event waits for it. Throws MODEL_… or
   * TOKENIZER_INVALID, and the present models go on.
   */
  reload(): Promise<ModelSwitch>;
  close(): Promise<void>;
}
export interface ModelSwitch {
  readonly from: ModelId | null;
  readonly to: ModelId | null;
}

/** Models whose folders were looked at: what is wrong with them that shows without loading is known. */
export interface FoundModels {
  /** Which, as people read it: `model sentiment`. */
  readonly names: readonly string[];
  /** See Scoring. */
  readonly reference: readonly number[] | null;
  /** Loads them; resolves when all workers are warm. Throws MODEL_… or TOKENIZER_INVALID. */
  open(): Promise<Scoring>;
}

/**
 * null where the configuration wants no scoring. `modelDir` stands in for the configured model of its task. Throws MODEL_….
 */
export async function findModels(config: Config, logger: Logger, modelDir?: string): Promise<FoundModels | null> {
  const models = await modelsOf(config.scoring, modelDir);
  if (models === null) return null;
  const { shadow } = config.scoring;
  const second = shadow === null ? null : await shadowModels(config.scoring, shadow);
  const { issues } = models.parts;
  return {
    names: [
      'model sentiment',
      ...(issues === null ? [] : ['model issues']),
      ...(second === null ? [] : ['shadow model']),
    ],
    reference: models.reference,
    open: () => openModels(config, logger, models, second, modelDir),
  };
}

/** Warm workers of what `findModels` finds. */
export async function openScoring(config: Config, logger: Logger, modelDir?: string): Promise<Scoring | null> {
  const found = await findModels(config, logger, modelDir);
  return found === null ? null : found.open();
}

async function openModels(
  config: Config,
  logger: Logger,
  { parts, reference }: Models,
  compared: Models | null,
  modelDir: string | undefined,
): Promise<Scoring> {
  const { workers, batchTexts, batchDeadlineMs, queueTexts, shadow } = config.scoring;
  const pool = await ScoringPool.open<TextScore>({
    runner: SCORING_RUNNER,
    dir: parts.sentiment.dir,
    options: parts,
    workers,
    batchTexts,
    batchDeadlineMs,
    queueTexts,
    ...(isOwn(parts) ? { startMs: OWN_START_MS } : {}),
    logger,
  });
  let second: ScoringPool<TextScore> | null = null;
  try {
    second = shadow === null || compared === null ? null : await openShadow(config.scoring, shadow, compared, logger);
  } catch (thrown) {
    await pool.close();
    throw thrown;
  }
  const shadowed = shadow === null || second === null ? null : new ShadowScorer(pool, second, { ...shadow, compare });
  const switches = { done: 0, refused: 0 };
  return {
    pool,
    reference,
    scorer: shadowed ?? pool,
    families: () => [
      ...scoringFamilies(pool.stats()),
      ...Object.entries(switches).map(([outcome, count]) =>
        single(`earshot_scoring_switches_${outcome}_total`, 'counter', `Changes of model: ${outcome}.`, count),
      ),
      ...(shadowed === null ? [] : shadowFamilies(shadowed.stats(), second?.stats().model ?? null)),
    ],
    async reload() {
      const from = pool.stats().model;
      try {
        const found = await modelsOf(config.scoring, modelDir);
        if (found === null) throw new EngineError('MODEL_FILE_MISSING', ['no model is configured']);
        await pool.switchTo(found.parts.sentiment.dir, found.parts);
      } catch (thrown) {
        switches.refused++;
        logger.error('a new model was refused, the present one goes on', failureFields(thrown));
        throw thrown;
      }
      const to = pool.stats().model;
      switches.done++;
      logger.info('the model was changed', { from: nameOf(from), to: nameOf(to) });
      return { from, to };
    },
    close: async () => {
      await Promise.all([pool.close(), second?.close()]);
    },
  };
}

const nameOf = (model: ModelId | null): string | null => (model === null ? null : `${model.name} ${model.version}`);

type Shadow = NonNullable<Config['scoring']['shadow']>;

/** Without issue types, which are not compared. */
async function shadowModels(scoring: Config['scoring'], { model }: Shadow): Promise<Models> {
  const models = await modelsOf({ ...scoring, sentiment: model, issues: null });
  if (models === null) throw new EngineError('MODEL_FILE_MISSING', [`there is no folder ${model}`]);
  return models;
}

/** One thread of the lowest priority. */
async function openShadow(
  { batchTexts }: Config['scoring'],
  { queueTexts }: Shadow,
  { parts }: Models,
  logger: Logger,
): Promise<ScoringPool<TextScore>> {
  return ScoringPool.open<TextScore>({
    runner: SCORING_RUNNER,
    dir: parts.sentiment.dir,
    options: parts,
    workers: 1,
    batchTexts,
    batchDeadlineMs: 50,
    queueTexts,
    // It runs when nothing else wants to: that it takes long is no fault.
    hangMs: 30_000,
    startMs: OWN_START_MS,
    isBackground: true,
    logger,
  });
}

function compare(main: TextScore, shadow: TextScore): Comparison {
  return {
    isSame: main.sentiment.label === shadow.sentiment.label,
    difference: Math.abs(main.sentiment.score - shadow.sentiment.score),
  };
}

/** What KPIs of drift learn here; null: nothing is to be learned. Throws FILE_UNUSABLE. */
export async function learnedReference(config: Config, logger: Logger): Promise<LearnedReference | null> {
  const { file, learn } = config.drift;
  if (file === null) return null;
  const kpis = config.kpis.flatMap(({ id, measure }) =>
    measure.kind === 'psi' && measure.reference === null
      ? [[id, { min: measure.min, max: measure.max, bins: measure.bins }] as const]
      : [],
  );
  return openLearnedReference(file, new Map(kpis), learn, logger);
}

/** KPIs of drift without a reference of their own are held against what was learned here, else against the model's. */
export function withReference(
  config: Config,
  ofModel: readonly number[] | null,
  learned: LearnedReference | null,
  logger: Logger,
): Config {
  const kpis = config.kpis.map((kpi) => {
    const { measure } = kpi;
    if (measure.kind !== 'psi' || measure.reference !== null) return kpi;
    const reference = learned?.of(kpi.id) ?? (isOfScores(measure) ? ofModel : null);
    if (reference !== null && reference.length % measure.bins === 0)
      return { ...kpi, measure: { ...measure, reference } };
    logger.warn('there is no reference yet: this KPI has no value until it is given or has learned one', {
      kpi: kpi.id,
    });
    return kpi;
  });
  return { ...config, kpis };
}

/** A model of hundreds of megabytes takes its time. */
const OWN_START_MS = 300_000;

const isOwn = ({ sentiment, issues }: ModelParts): boolean => sentiment.own !== null || (issues?.own ?? null) !== null;

interface Models {
  readonly parts: ModelParts;
  readonly reference: readonly number[] | null;
}

/** null: no scoring is wanted. */
async function modelsOf(scoring: Config['scoring'], modelDir?: string): Promise<Models | null> {
  const given = modelDir === undefined ? undefined : await folderOf(resolve(modelDir), scoring);
  const task = given === undefined ? undefined : taskOf(given);
  if (task === undefined && scoring.sentiment === null) return null;
  const part = async (wanted: 'sentiment' | 'issues', named: string): Promise<Folder> => {
    if (given !== undefined && task === wanted) return given;
    const folder = await folderOf(located(named), scoring);
    const found = taskOf(folder);
    if (found === wanted) return folder;
    const what = `${folder.dir}: task: found ${found}, expected ${wanted} under scoring.${wanted}`;
    throw new EngineError('MODEL_CONFIG_INVALID', [what]);
  };
  const sentiment = await part('sentiment', scoring.sentiment ?? BUNDLED.sentiment);
  const isWithout = task !== 'issues' && scoring.issues === null;
  const issues = isWithout ? null : await part('issues', scoring.issues ?? BUNDLED.issues);
  return {
    parts: { sentiment: partOf(sentiment), issues: issues === null ? null : partOf(issues) },
    reference: sentiment.own === null ? referenceIn(sentiment.json) : sentiment.own.reference,
  };
}

const partOf = ({ dir, own }: Folder): ModelPart => ({ dir, own });

function referenceIn(json: unknown): readonly number[] | null {
  const found = typeof json === 'object' && json !== null && 'reference' in json ? json.reference : null;
  const isGood = Array.isArray(found) && found.every((count) => typeof count === 'number' && count >= 0);
  return isGood ? (found as readonly number[]) : null;
}

const BUNDLED = { sentiment: 'models/sentiment', issues: 'models/issues' } as const;

type Folder = ModelFolder<OwnModel>;
const folderOf = (dir: string, { maxModelBytes }: Config['scoring']): Promise<Folder> =>
  readModelFolder(dir, modelForm, maxModelBytes);

/** Where Earshot was started, else where it lies. */
function located(named: string): string {
  const local = resolve(named);
  return isAbsolute(named) || existsSync(local) ? local : join(packageRoot(), named);
}

function taskOf({ dir, own, json }: Folder): OwnModel['task'] {
  if (own !== null) return own.task;
  const task = typeof json === 'object' && json !== null && 'task' in json ? json.task : undefined;
  if (task === 'sentiment' || task === 'issues') return task;
  throw new EngineError('MODEL_INVALID', [dir, 'model.json: expected task: "sentiment" or "issues"']);
}
