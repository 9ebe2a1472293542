/**
 * Silences of an Alertmanager as acknowledgements: an open alert that one covers is acknowledged here in the name that it was
 * made in, and given back when none does any more. What was known last counts until it ends while the Alertmanager is away.
 */
import { patternOf, type Pattern } from '../../../adapters/expressions/patterns.ts';
import type { HttpResult } from '../../../adapters/outgoing/outgoing-http.ts';
import type { Clock, Logger } from '../../../core/types.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { activeSilences, covers, type ForeignSilence } from '../../../../operators/answers/alertmanager-silences.ts';
import { takesAlert, type Route } from '../../../../operators/destinations/matchers.ts';
import { cutToUnits, oneLine } from '../../../../operators/notices/cut.ts';
import { labelsOf } from '../../../../operators/notices/labels.ts';

export interface SilencePollOptions {
  /** The hook's id and which alerts it is told. */
  readonly hook: Route & { readonly id: string };
  readonly ask: () => Promise<HttpResult>;
  /** Open alerts as they stand; null: not all of them are known yet. */
  readonly open: () => readonly AlertMessage[] | null;
  readonly decide: (command: Command) => Promise<unknown>;
  /** Masks personal data in what people wrote there. */
  readonly mask: (text: string) => string;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

const MOST_DECISIONS = 100;
const MOST_UNITS = 60;
const MOST_NOTE = 500;

export class SilencePoll {
  readonly #options: SilencePollOptions;
  /** What the acknowledgements come through: no hook's own name, so that one by its link is told from them. */
  readonly #via: string;
  #known: readonly ForeignSilence[] = [];
  #trouble: string | null = null;
  /** Of the silences that are known; null: it is none. */
  readonly #patterns = new Map<string, Pattern | null>();

  constructor(options: SilencePollOptions) {
    this.#options = options;
    this.#via = `${options.hook.id}:silence`;
  }

  /** Rejects where a decision cannot be stored. */
  async poll(): Promise<void> {
    const { ask, open, hook, decide } = this.#options;
    this.#learn(await ask());
    const alerts = (open() ?? []).filter((one) => one.state !== 'resolved' && one.state !== 'pending'); // not known yet: nothing is asked about
    let left = MOST_DECISIONS;
    for (const alert of alerts) {
      const command = takesAlert(hook, alert) ? this.#decisionOn(alert) : null;
      if (command === null) continue;
      if (left-- === 0) return; // the rest next time
      await decide(command);
    }
  }

  #decisionOn(alert: AlertMessage): Command | null {
    const { clock, mask } = this.#options;
    const now = clock.now();
    const labels = labelsOf({ message: alert, link: null, ackLink: null });
    const silence = this.#known.find((one) => covers(one, labels, now, this.#matchesWhole));
    if (silence !== undefined && alert.acked === null) {
      const by = cutToUnits(oneLine(mask(silence.createdBy)), MOST_UNITS) || 'Alertmanager';
      const note = cutToUnits(oneLine(mask(silence.comment)), MOST_NOTE);
      return { type: 'earshot.alert.acked', data: { alert: alert.alert, by, note, via: this.#via } };
    }
    if (silence !== undefined || alert.acked?.via !== this.#via) return null;
    return { type: 'earshot.alert.unacked', data: { alert: alert.alert, by: 'Alertmanager', via: this.#via } };
  }

  #learn(result: HttpResult): void {
    const { hook, logger } = this.#options;
    const isAnswer = result.kind === 'answer' && result.answer.status === 200;
    const silences = isAnswer ? activeSilences(result.answer.body) : null;
    const trouble =
      silences !== null ? null : result.kind !== 'answer' ? result.hint : `it answers ${result.answer.status}`;
    if (trouble !== this.#trouble) {
      if (trouble === null) logger.info('silences of an Alertmanager are read again', { hook: hook.id });
      else logger.warn('silences of an Alertmanager cannot be read', { hook: hook.id, reason: trouble });
    }
    this.#trouble = trouble;
    if (silences === null) return;
    this.#known = silences;
    this.#patterns.clear();
  }

  /** Anchored, as Alertmanager's are; what RE2 does not know matches nothing. */
  readonly #matchesWhole = (source: string, text: string): boolean => {
    let pattern = this.#patterns.get(source);
    if (pattern === undefined) {
      pattern = anchored(source);
      this.#patterns.set(source, pattern);
    }
    return pattern?.test(text) === true;
  };
}

function anchored(source: string): Pattern | null {
  try {
    return patternOf(`^(?s:${source})$`);
  } catch {
    return null;
  }
}
