/**
 * Answers of people to notices: proved, taken once, and handed to the engine as their decision, in which the audit names who and
 * through which hook. Whether it has an effect is the engine's to say: an alert that has ended stays ended.
 */
import { formatInstant } from '../../../core/cloud-events.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { Family } from '../../../core/metrics.ts';
import { must } from '../../../core/must.ts';
import type { Clock, JsonObject, Logger } from '../../../core/types.ts';
import type { AnswersPort, CallbackAnswer, LinkTarget, NotStored } from '../../../gateway/answers-port.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import type { CallbackRequest, Decision } from '../../../../operators/answers/callback.ts';
import { callbackOf } from '../../../../operators/answers/callbacks.ts';
import { callbackCrypto } from './callback-crypto.ts';
import { readToken, type AnswerToken } from './answer-token.ts';

/** Which answers were taken already. */
export interface TakenAnswers {
  /** `under_way`: whoever took it does not know yet whether it had an effect. */
  take(id: string): Promise<'mine' | 'under_way' | 'done'>;
  settle(id: string): Promise<void>;
  giveBack(id: string): Promise<void>;
}

export interface HookAnswersOptions {
  readonly hooks: readonly HookConfig[];
  /** Of links: the first signs, all are known. */
  readonly keys: readonly string[];
  readonly taken: TakenAnswers;
  /** Masks personal data in what tools call people. */
  readonly maskName: (name: string) => string;
  readonly command: (command: Command) => Promise<'stored' | NotStored>;
  /** What the message becomes that was answered: by whom, if that has just been; null: it stays as it is. */
  readonly answered: (hook: HookConfig, token: AnswerToken, by: string | null) => JsonObject | null;
  /** Replaces a message where its tool says. Never rejects. */
  readonly replace: (hook: HookConfig, url: string, message: JsonObject) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

interface Decided {
  readonly status: 200 | 403 | 503;
  /** What the message becomes; null: it stays as it is. */
  readonly message: JsonObject | null;
}

const NOT_PROVED: CallbackAnswer = { status: 401, body: null };
const MOST_NAME = 60;

const OUTCOMES = ['taken', 'repeated', 'refused', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];
type Once = 'stored' | 'repeated' | 'under_way' | NotStored;

export class HookAnswers implements AnswersPort {
  readonly #options: HookAnswersOptions;
  readonly #counts: ReadonlyMap<string, Record<Outcome, number>>;

  constructor(options: HookAnswersOptions) {
    this.#options = options;
    const none = (): Record<Outcome, number> => ({ taken: 0, repeated: 0, refused: 0, failed: 0 });
    this.#counts = new Map(options.hooks.map(({ id }) => [id, none()]));
  }

  link(text: string): LinkTarget | null {
    const found = this.#read(text, 'link');
    if (found === null) return null;
    const { token, hook } = found;
    const isExpired = token.expires <= this.#options.clock.now();
    return { alerts: token.alerts, action: token.action ?? null, hook: hook.id, language: hook.language, isExpired };
  }

  async acknowledge(text: string, by: string): ReturnType<AnswersPort['acknowledge']> {
    const found = this.#read(text, 'link');
    if (found === null) return 'unknown';
    const { token } = found;
    if (token.expires <= this.#options.clock.now()) return 'expired';
    const outcome = await this.#takeToken(token, by);
    return outcome === 'repeated' || outcome === 'under_way' ? 'used' : outcome === 'stored' ? 'done' : outcome;
  }

  async callback(id: string, request: CallbackRequest): Promise<CallbackAnswer> {
    const { hooks, clock } = this.#options;
    const hook = hooks.find((one) => one.id === id);
    const [kind, settings] = [callbackOf(hook?.kind ?? ''), hook?.answers.callback ?? null];
    // Whoever asks is not told which hooks there are.
    if (hook === undefined || kind === undefined || settings === null) return NOT_PROVED;
    const received = kind.receive(request, settings, callbackCrypto, clock.now());
    switch (received.kind) {
      case 'refused':
        this.#count(id).refused++;
        return NOT_PROVED;
      case 'unreadable':
        return { status: 400, body: null };
      case 'challenge':
        return { status: 200, body: received.reply };
      case 'answer': {
        const { id: known, decisions, replaceAt, takesMessage = false } = received;
        const { status, message } = await this.#decide(hook, known, decisions);
        if (status !== 200) return { status, body: null };
        // The tool waits for the answer no longer than a few seconds.
        if (replaceAt !== undefined && message !== null) void this.#options.replace(hook, replaceAt, message);
        return { status: kind.status, body: kind.reply(hook.language, takesMessage ? message : null) };
      }
    }
  }

  async #decide(hook: HookConfig, id: string, decisions: readonly Decision[]): Promise<Decided> {
    let message: JsonObject | null = null;
    for (const decision of decisions) {
      let outcome: Once;
      const by = this.#options.maskName(decision.by).slice(0, MOST_NAME);
      if ('token' in decision) {
        const found = this.#read(decision.token, 'button');
        const isGood = found?.hook.id === hook.id && found.token.expires > this.#options.clock.now();
        if (!isGood) {
          this.#count(hook.id).refused++;
          return { status: 403, message };
        }
        outcome = await this.#takeToken(found.token, by);
        message = this.#options.answered(hook, found.token, outcome === 'stored' ? by : null);
      } else {
        const { do: what, alert, note } = decision;
        const data = { alert, by, via: hook.id, ...(note === null ? {} : { note }) };
        const type = what === 'ack' ? 'earshot.alert.acked' : 'earshot.alert.unacked';
        outcome = await this.#once(`callback ${hook.id} ${id}`, hook.id, { type, data });
      }
      // Were the first attempt to fail after that, nobody would come again.
      if (outcome === 'full' || outcome === 'late' || outcome === 'under_way') return { status: 503, message };
    }
    return { status: 200, message };
  }

  /** The links and the button of a notice are one: each alert is answered once, by whichever. What is left is taken next time. */
  async #takeToken({ hook, notice, alerts, action }: AnswerToken, by: string): Promise<Once> {
    if (action !== undefined) {
      const at = formatInstant(this.#options.clock.now());
      const data = { action, by, at, note: null, via: hook };
      return this.#once(`link ${hook} ${notice} ${action}`, hook, { type: 'earshot.action.completed', data });
    }
    let taken: Once = 'repeated';
    for (const alert of alerts) {
      const command: Command = { type: 'earshot.alert.acked', data: { alert, by, via: hook } };
      const once = await this.#once(`link ${hook} ${notice} ${alert}`, hook, command);
      if (once === 'stored') taken = once;
      else if (once !== 'repeated') return once;
    }
    return taken;
  }

  /** What somebody decided, unless the same answer was taken before. */
  async #once(id: string, hook: string, decision: Command): Promise<Once> {
    const { taken, command, logger } = this.#options;
    const counts = this.#count(hook);
    try {
      const mark = await taken.take(id);
      if (mark === 'under_way') return mark;
      if (mark === 'done') {
        counts.repeated++;
        return 'repeated';
      }
      const outcome = await command(decision);
      if (outcome !== 'stored') {
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

  #count(hook: string): Record<Outcome, number> {
    return must(this.#counts.get(hook), 'an answer is to a hook that is configured');
  }

  families(): readonly Family[] {
    const samples = [...this.#counts].flatMap(([hook, counts]) =>
      OUTCOMES.map((outcome) => ({ labels: { hook, outcome }, value: counts[outcome] })),
    );
    if (samples.length === 0) return [];
    const help = 'Answers to notices (links, callbacks): taken, repeated, refused for their proof, or not stored.';
    return [{ name: 'earshot_hook_answers_total', help, type: 'counter', samples }];
  }

  /** null: it is none of ours, or of a hook that is configured no more, or whose notices are not answered that way any more. */
  #read(text: string, by: 'link' | 'button'): { readonly token: AnswerToken; readonly hook: HookConfig } | null {
    const token = readToken(text, this.#options.keys);
    const hook = this.#options.hooks.find(({ id }) => id === token?.hook);
    if (token === null || hook === undefined) return null;
    const { hasLinks, callback } = hook.answers;
    return (by === 'link' ? hasLinks : callback !== null) ? { token, hook } : null;
  }
}
