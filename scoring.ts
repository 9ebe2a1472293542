/** Which models score: from the folders of the configuration to a warm pool of workers. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { readModelFolder, type ModelFolder } from './engine/adapters/model-folder.ts';
import { packageRoot } from './engine/adapters/package-root.ts';
import { ScoringPool } from './engine/adapters/scoring-pool.ts';
import { EngineError } from './engine/core/errors.ts';
import type { Logger } from './engine/core/types.ts';
import { SCORING_RUNNER } from './models/location.ts';
import { modelForm, type OwnModel } from './models/own/form.ts';
import type { ModelPart, TextScore } from './models/scorer.ts';
import type { Config } from './operators/config.ts';

/** A model that takes the bundled ones' place. */
export interface ModelParts {
  readonly sentiment: ModelPart;
  readonly issues: ModelPart | null;
}

/**
 * The pool of scoring workers, warm; null where the configuration wants no scoring. `modelDir` stands in for the configured
 * model of its task. Throws MODEL_… or TOKENIZER_INVALID.
 */
export async function scorerOf(
  config: Config,
  logger: Logger,
  modelDir?: string,
): Promise<ScoringPool<TextScore> | null> {
  const parts = await partsOf(config.scoring, modelDir);
  if (parts === null) return null;
  const { workers, batchTexts, batchDeadlineMs, queueTexts } = config.scoring;
  return ScoringPool.open<TextScore>({
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
}

/** A model of hundreds of megabytes takes its time. */
const OWN_START_MS = 60_000;

const isOwn = ({ sentiment, issues }: ModelParts): boolean => sentiment.own !== null || (issues?.own ?? null) !== null;

/** null: no scoring is wanted. */
export async function partsOf(scoring: Config['scoring'], modelDir?: string): Promise<ModelParts | null> {
  const given = modelDir === undefined ? undefined : await folderOf(resolve(modelDir), scoring);
  const task = given === undefined ? undefined : taskOf(given);
  if (task === undefined && scoring.sentiment === null) return null;
  const part = async (wanted: 'sentiment' | 'issues', named: string): Promise<ModelPart> => {
    if (given !== undefined && task === wanted) return { dir: given.dir, own: given.own };
    const folder = await folderOf(located(named), scoring);
    const found = taskOf(folder);
    if (found !== wanted) {
      const what = `${folder.dir}: task: found ${found}, expected ${wanted} under scoring.${wanted}`;
      throw new EngineError('MODEL_CONFIG_INVALID', [what]);
    }
    return { dir: folder.dir, own: folder.own };
  };
  return {
    sentiment: await part('sentiment', scoring.sentiment ?? BUNDLED.sentiment),
    issues:
      task !== 'issues' && scoring.issues === null ? null : await part('issues', scoring.issues ?? BUNDLED.issues),
  };
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
