/** One configured hook at work: its queue, and how a notice of it leaves. */
import { createHmac } from 'node:crypto';
import Mustache from 'mustache';
import { Webhook } from 'standardwebhooks';
import { OutgoingHttp, type HttpResult } from '../../adapters/outgoing/outgoing-http.ts';
import { sendMail } from '../../adapters/outgoing/outgoing-mail.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Millis } from '../../core/types.ts';
import { must } from '../../core/must.ts';
import type { HookRules, QuietHours } from '../../delivery/hook-rules.ts';
import type { WorkingCalendar } from '../../../operators/calendars/working-calendar.ts';
import { HookQueue } from '../../delivery/hook-queue.ts';
import type { Outcome, PendingNotice } from '../../delivery/records.ts';
import type { Destination } from '../../../operators/destinations/destination.ts';
import { destinationOf } from '../../../operators/destinations/destinations.ts';
import type { HookConfig } from '../../../operators/destinations/hooks-config.ts';
import { takesAlert } from '../../../operators/destinations/matchers.ts';
import type { Notice, NoticeReason } from '../../../operators/notices/notices.ts';
import { messageOf } from '../../../operators/notices/notice-message.ts';
import { ReaderTimes } from '../../../operators/notices/reader-times.ts';
import type { Signatures, Writing } from '../../../operators/notices/writing.ts';
import { readCertificates } from './answers/read-certificates.ts';
import { NO_LINKS, withLinks, type LinkSources } from './answers/notice-links.ts';

const EXPIRE: Millis = 24 * 3_600_000;
/** A receiver whose clock and ours differ by more refuses signatures. */
const SKEW: Millis = 60_000;

const SIGNATURES: Signatures = {
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest('base64'),
  webhook: (secret, id, at, body) => new Webhook(secret).sign(id, new Date(at), body),
};

/** A calendar that never changes again is looked at so often. */
const LOOK_AGAIN: Millis = 24 * 3_600_000;

export interface HookSurroundings {
  /** IANA name, for the times that are written. */
  readonly zone: string;
  readonly calendars: ReadonlyMap<string, Pick<WorkingCalendar, 'isOpen' | 'nextChange'>>;
  readonly links?: LinkSources | undefined;
  /** An attempt over HTTP takes no longer; as long as any request unless given. */
  readonly attemptMs?: Millis;
}

export class Hook {
  readonly config: HookConfig;
  readonly destination: Destination;
  readonly queue: HookQueue;
  readonly #http: OutgoingHttp;
  readonly #ca: string | null;
  readonly #times: ReaderTimes;
  readonly #links: LinkSources;

  /** Throws EngineError CONFIG_NOT_FOUND where the file of `ca` cannot be read. */
  constructor(config: HookConfig, { zone, calendars, links = NO_LINKS, attemptMs }: HookSurroundings) {
    this.config = config;
    this.destination = destinationOf(config.kind);
    this.#times = new ReaderTimes(zone, config.language);
    this.#links = links;
    this.#ca = config.ca === null ? null : readCertificates(config.ca);
    const bound = attemptMs === undefined ? {} : { totalMs: attemptMs };
    this.#http = new OutgoingHttp({ allow: config.allow, ca: this.#ca, proxy: config.proxy, ...bound });
    this.queue = new HookQueue(rulesOf(config, this.destination, calendars));
  }

  /** Never rejects. */
  async send(pending: PendingNotice, now: Millis): Promise<Outcome> {
    let result: HttpResult;
    let notice: Notice;
    try {
      notice = this.notice(pending);
      result = await this.#post(notice, now);
    } catch (error) {
      // A template that cannot be filled, an address that is none: as configured it never works.
      return { kind: 'dead', reason: 'rejected', hint: reasonOf(error) };
    }
    if (result.kind === 'unknown') return result;
    if (result.kind === 'refused') return { ...result, after: null };
    const meaning = this.destination.meaning(result.answer);
    if (meaning.kind === 'delivered') {
      this.#edit(notice, now);
      return meaning;
    }
    const skew = skewOf(result.answer.header('date'), now);
    if (meaning.kind === 'dead' && Math.abs(skew) > SKEW && isPerhapsClock(meaning.reason)) {
      const hint = `${meaning.hint}; this machine's clock is ${Math.round(skew / 1000)} s off the receiver's: set it right`;
      return { kind: 'refused', after: null, reason: 'clock', hint };
    }
    if (meaning.kind === 'dead') return meaning;
    return { kind: 'refused', after: meaning.after, reason: meaning.reason, hint: meaning.hint };
  }

  close(): void {
    this.#http.close();
  }

  /** As its readers read it, a line each. */
  text(pending: PendingNotice, now: Millis): string {
    const { headline, lines } = messageOf(this.notice(pending), this.#writing(now));
    const texts = lines.map((line) => (line.kind === 'fact' ? `${line.label}: ${line.text}` : line.text));
    return [headline, ...texts].join('\n');
  }

  notice(pending: PendingNotice): Notice {
    const { id, thread, made, group, more = [], standing, wasMuted, isUnknown } = pending;
    return {
      id,
      reason: reasonOfNotice(pending),
      thread,
      at: made,
      group,
      ...withLinks(pending, this.config, this.#links),
      unlisted: more.length,
      standing,
      wasMuted,
      action: pending.action ?? null, // most notices tell alerts
      ...(pending.posted === undefined ? {} : { posted: pending.posted }),
      // Programs know a repeat by its key: they are sent the same bytes.
      mayRepeat: isUnknown && this.destination.readers === 'people',
    };
  }

  #writing(now: Millis): Writing {
    return {
      language: this.config.language,
      times: this.#times,
      now,
      sign: SIGNATURES,
      // Values that are no texts (numbers, true) are written as they are.
      fill: (template, view, escape) =>
        Mustache.render(template, view, undefined, { escape: (value: unknown) => escape(String(value)) }),
    };
  }

  /** The message that first told the alert shows how it stands now. Everything has been said already: nothing waits for it. */
  #edit(notice: Notice, now: Millis): void {
    const changesNothing = notice.reason === 'repeat' || notice.reason === 'escalated';
    if (notice.posted === undefined || changesNothing || this.destination.edit === undefined) return;
    const { url, headers, body } = this.destination.edit(
      notice,
      notice.posted,
      this.config.settings,
      this.#writing(now),
    );
    void this.#http.post(url, headers, body);
  }

  async #post(notice: Notice, now: Millis): Promise<HttpResult> {
    const request = this.destination.request(notice, this.config.settings, this.#writing(now));
    if (request.via === 'mail') return sendMail(request, { allow: this.config.allow, ca: this.#ca });
    return this.#http.post(request.url, request.headers, request.body);
  }
}

function rulesOf(
  config: HookConfig,
  { readers, rates, renewEvery }: Destination,
  calendars: HookSurroundings['calendars'],
): HookRules {
  return {
    id: config.id,
    readers,
    rates,
    renewEvery: renewEvery ?? null,
    matches: (message) => takesAlert(config, message),
    repeat: config.repeat,
    groupBy: config.group.by,
    groupWait: config.group.wait,
    brief: config.brief,
    escalate: config.escalate,
    quiet: quietHours(config, calendars),
    expire: EXPIRE,
  };
}

function quietHours({ quiet }: HookConfig, calendars: HookSurroundings['calendars']): QuietHours | null {
  if (quiet === null) return null;
  const calendar = must(calendars.get(quiet.calendar), 'the configuration was checked');
  return {
    except: quiet.except,
    until: (at) => (calendar.isOpen(at) ? (calendar.nextChange(at) ?? at + LOOK_AGAIN) : null), // open for good
  };
}

function reasonOfNotice({ kind, standing }: PendingNotice): NoticeReason {
  if (kind === 'resolved') return standing > 0 ? 'some_resolved' : 'all_resolved';
  return kind === 'renew' ? 'repeat' : kind;
}

function skewOf(date: string | null, now: Millis): Millis {
  const theirs = Date.parse(date ?? ''); // NaN: it said none
  return Number.isNaN(theirs) ? 0 : now - theirs;
}

function isPerhapsClock(reason: string): boolean {
  return reason === 'signature' || reason === 'credentials' || reason === 'rejected';
}
