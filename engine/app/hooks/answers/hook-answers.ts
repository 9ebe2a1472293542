/**
 * Answers of people to notices: proved, taken once, and handed to the engine as their decision, in which the audit names who and
 * through which hook. Whether it has an effect is the engine's to say: an alert that has ended stays ended.
 */
import { reasonOf } from '../../../core/errors.ts';
import type { Family } from '../../../core/metrics.ts';
import { must } from '../../../core/must.ts';
import type { Clock, Logger } from '../../../core/types.ts';
import type { AnswersPort, LinkTarget, NotStored } from '../../../gateway/answers-port.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import { readToken, type AnswerToken } from './answer-token.ts';

/** Which answers were taken already. */
export interface TakenAnswers {
  take(id: string): Promise<boolean>;
  settle(id: string): Promise<void>;
  giveBack(id: string): Promise<void>;
}

export interface HookAnswersOptions {
  readonly hooks: readonly HookConfig[];
  /** Of links: the first signs, all are known. */
  readonly keys: readonly string[];
  readonly taken: TakenAnswers;
  readonly command: (command: Command) => Promise<'stored' | NotStored>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

const OUTCOMES = ['taken', 'repeated', 'refused', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

export class HookAnswers implements AnswersPort {
  readonly #options: HookAnswersOptions;
  readonly #counts: ReadonlyMap<string, Record<Outcome, number>>;

  constructor(options: HookAnswersOptions) {
    this.#options = options;
    const none = (): Record<Outcome, number> => ({ taken: 0, repeated: 0, refused: 0, failed: 0 });
    this.#counts = new Map(options.hooks.map(({ id }) => [id, none()]));
  }

  link(text: string): LinkTarget | null {
    const found = this.#read(text);
    if (found === null) return null;
    const { token, hook } = found;
    const isExpired = token.expires <= this.#options.clock.now();
    return { alert: token.alert, hook: hook.id, language: hook.language, isExpired };
  }

  async acknowledge(text: string, by: string): ReturnType<AnswersPort['acknowledge']> {
    const found = this.#read(text);
    if (found === null) return 'unknown';
    const { token, hook } = found;
    if (token.expires <= this.#options.clock.now()) return 'expired';
    const outcome = await this.once(`link ${hook.id} ${token.notice} ${token.alert}`, hook.id, [
      { type: 'earshot.alert.acked', data: { alert: token.alert, by, via: hook.id } },
    ]);
    return outcome === 'repeated' ? 'used' : outcome === 'stored' ? 'done' : outcome;
  }

  /** What somebody decided, unless the same answer was taken before. */
  async once(id: string, hook: string, commands: readonly Command[]): Promise<'stored' | 'repeated' | NotStored> {
    const { taken, command, logger } = this.#options;
    const counts = must(this.#counts.get(hook), 'an answer is to a hook that is configured');
    try {
      if (!(await taken.take(id))) {
        counts.repeated++;
        return 'repeated';
      }
      for (const one of commands) {
        const outcome = await command(one);
        if (outcome === 'stored') continue;
        counts.failed++;
        await taken.giveBack(id);
        return outcome;
      }
      counts.taken++;
      await taken.settle(id);
      return 'stored';
    } catch (error) {
      counts.failed++;
      logger.warn('an answer to a notice cannot be taken yet', { hook, reason: reasonOf(error) });
      return 'late';
    }
  }

  families(): readonly Family[] {
    const samples = [...this.#counts].flatMap(([hook, counts]) =>
      OUTCOMES.map((outcome) => ({ labels: { hook, outcome }, value: counts[outcome] })),
    );
    if (samples.length === 0) return [];
    const help = 'Answers to notices (links, callbacks): taken, repeated, refused for their proof, or not stored.';
    return [{ name: 'earshot_hook_answers_total', help, type: 'counter', samples }];
  }

  /** null: it is none of ours, or of a hook that is configured no more, or carries no links any more. */
  #read(text: string): { readonly token: AnswerToken; readonly hook: HookConfig } | null {
    const token = readToken(text, this.#options.keys);
    const hook = this.#options.hooks.find(({ id, answers }) => id === token?.hook && answers.hasLinks);
    return token === null || hook === undefined ? null : { token, hook };
  }
}
