/**
 * Takes up a changed configuration while the engine runs: planned first (reload-plan.ts), and refused before anything changes;
 * then each partition commits, stops and starts again as after a restart, in this process, so that gateway, sockets, models and
 * connections stay.
 */
import type { AuditEntry } from '../../core/audit-entry.ts';
import { environmentHidden } from '../../adapters/config/config-file.ts';
import { EngineError } from '../../core/errors.ts';
import { outcomeOf, type ConfigChange, type ReloadPlan, type ReloadReport } from '../../core/reload-report.ts';
import type { JsonObject, Logger } from '../../core/types.ts';
import type { Config } from '../config/config.ts';
import type { Reloads } from '../start/reloads.ts';
import { joined, reloadPlan } from './reload-plan.ts';
import { chainsOf } from './reloaded-chains.ts';

export interface ReloadSteps<Ready> {
  /** As it is configured now; without what a start adds to it. */
  readonly running: Config;
  /** The configuration, from where the engine has it. Throws EngineErrors of kind config. */
  readonly read: () => Promise<Config>;
  /** The same of a text, whose names of files are relative to where the engine's are. */
  readonly parse: (text: string) => Config;
  /** Everything that may fail, before anything changes. Throws EngineErrors of kind config. */
  readonly prepare: (next: Config) => Ready;
  /** Resolves when the engine runs by it. */
  readonly apply: (ready: Ready, changed: ReadonlySet<string>) => Promise<void>;
  readonly audit: (entry: AuditEntry) => void;
  /** Of the audit: which part is what. */
  readonly fingerprints: (config: Config) => JsonObject;
  readonly logger: Logger;
}

export class RunningReloads<Ready> implements Reloads {
  readonly #steps: ReloadSteps<Ready>;
  #running: Config;
  /** One at a time, in the order they were asked for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(steps: ReloadSteps<Ready>) {
    this.#steps = steps;
    this.#running = steps.running;
  }

  /** Whoever sends a text may name any variable in it: what is said of it, names of things included, holds no value of one. */
  would(text: string): ReloadReport {
    const hide = environmentHidden(text);
    try {
      const next = this.#steps.parse(text);
      this.#steps.prepare(joined(this.#running, next));
      const { outcome, applied, restart, refused } = reportOf(reloadPlan(this.#running, next, chainsOf));
      const shown = (changes: readonly ConfigChange[]): readonly ConfigChange[] =>
        changes.map(({ path, what }) => ({ path: hide(path), what }));
      return { outcome, applied: shown(applied), restart: shown(restart), refused: refused.map(hide) };
    } catch (thrown) {
      if (thrown instanceof Error) thrown.message = hide(thrown.message);
      throw thrown;
    }
  }

  reload(by: string): Promise<ReloadReport> {
    const reloading = this.#last.then(() => this.#reload(by));
    this.#last = reloading.catch(() => undefined); // reported to whoever asked for it
    return reloading;
  }

  async #reload(by: string): Promise<ReloadReport> {
    const { read, prepare, apply, audit, fingerprints, logger } = this.#steps;
    try {
      const next = await read();
      const taken = joined(this.#running, next);
      const report = reportOf(reloadPlan(this.#running, next, chainsOf));
      if (report.outcome === 'refused') {
        this.#refuse(by, report.refused.join('\n'));
        return report;
      }
      if (report.outcome === 'applied') {
        const changed = new Set(report.applied.map(({ path }) => path.replace(/\..*$/, '')));
        await apply(prepare(taken), changed);
        this.#running = taken;
      }
      const said = { applied: texts(report.applied), restart: texts(report.restart) };
      logger.info('the configuration was read again', { outcome: report.outcome, ...said });
      const outcome = report.outcome === 'applied' ? 'done' : 'no effect';
      audit({ action: 'config.reload', outcome, by, ...said, configuration: fingerprints(taken) });
      return report;
    } catch (thrown) {
      if (thrown instanceof EngineError) this.#refuse(by, thrown.code);
      throw thrown;
    }
  }

  #refuse(by: string, why: string): void {
    const { audit, logger } = this.#steps;
    logger.error('the changed configuration was refused: the engine goes on as it was', { why });
    audit({ action: 'config.reload', outcome: 'refused', by, why: why.slice(0, 2000) });
  }
}

const reportOf = (plan: ReloadPlan): ReloadReport => ({ outcome: outcomeOf(plan), ...plan });
const texts = (changes: readonly ConfigChange[]): string =>
  changes.map(({ path, what }) => `${path} (${what})`).join(', ');
