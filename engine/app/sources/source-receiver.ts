/**
 * Others' webhooks: proved, mapped, checked as any event is, and stored before they are answered. What becomes no event is a dead
 * letter, stored with the rest, so that nothing that was proved is lost. The same payload again has the same ids: it counts once.
 */
import type { Outcome } from '../../adapters/nats/input-gate.ts';
import type { StorableMessage } from '../../adapters/nats/publisher.ts';
import type { CompileExpression } from '../../core/expressions/expression.ts';
import type { Family } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { runYielding, type Steps } from '../../core/steps/steps.ts';
import type { Clock, Logger, Millis } from '../../core/types.ts';
import type { SourceMessage, SourceOutcome, SourcesPort } from '../../gateway/sources-port.ts';
import type { Ingested, IngestMessage } from '../../../operators/events/ingest.ts';
import { NO_KEY, subjectToken } from '../../../operators/events/subject-key.ts';
import type { MapFault, MappedEvent } from '../../../operators/sources/mapping.ts';
import { payloadOf, type Payload } from '../../../operators/sources/payload.ts';
import { PROOFS } from '../../../operators/sources/proofs/proofs.ts';
import { sourceEvent } from '../../../operators/sources/source-event.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import { visibleHeaders } from '../../../operators/sources/visible-headers.ts';
import { faultSentence, mappedSource, type MapSource } from './mapped-source.ts';
import { proofCrypto } from './proof-crypto.ts';
import { bodyHash, letterWriter, type LetterOptions, type Original } from './source-letter.ts';

export interface SourceReceiverOptions extends LetterOptions {
  readonly sources: readonly SourceConfig[];
  /** Of whoever watches what becomes of the expressions. */
  readonly compile: CompileExpression;
  /** As for events over HTTP. */
  readonly read: (headers: Readonly<Record<string, string>>, body: Uint8Array, now: Millis) => Steps<Ingested>;
  readonly store: (messages: readonly StorableMessage[]) => Promise<Outcome>;
  readonly maskIdentifier: (identifier: string) => string;
  readonly maybeYield: () => Promise<void> | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

const OUTCOMES = ['taken', 'refused', 'too_large', 'unreadable', 'not_stored'] as const;

interface OpenSource {
  readonly config: SourceConfig;
  readonly map: MapSource;
  readonly requests: Record<(typeof OUTCOMES)[number], number>;
  readonly events: { stored: number; unmapped: number };
  refusalSaidAt: Millis;
}

const JSON_EVENT = { 'content-type': 'application/cloudevents+json' };
const SAY_EVERY_MS: Millis = 60_000;
const encoder = new TextEncoder();

export class SourceReceiver implements SourcesPort {
  readonly #options: SourceReceiverOptions;
  readonly #sources: ReadonlyMap<string, OpenSource>;
  readonly #letter: ReturnType<typeof letterWriter>;

  constructor(options: SourceReceiverOptions) {
    this.#options = options;
    this.#letter = letterWriter(options);
    this.#sources = new Map(
      options.sources
        .filter(({ kind }) => kind === 'webhook')
        .map((config) => [
          config.id,
          {
            ...{ config, map: mappedSource(config, options.compile), events: { stored: 0, unmapped: 0 } },
            requests: { taken: 0, refused: 0, too_large: 0, unreadable: 0, not_stored: 0 },
            refusalSaidAt: Number.NEGATIVE_INFINITY,
          },
        ]),
    );
  }

  async receive(id: string, message: SourceMessage): Promise<SourceOutcome> {
    const source = this.#sources.get(id);
    if (source === undefined) return { kind: 'unknown' };
    const outcome = await this.#receive(source, message);
    if (outcome.kind !== 'unknown') source.requests[outcome.kind] += 1;
    return outcome;
  }

  async #receive(source: OpenSource, message: SourceMessage): Promise<SourceOutcome> {
    const { verify, maxBodyBytes } = source.config;
    const { body, headers } = message;
    if (body.length > maxBodyBytes) return { kind: 'too_large', limit: maxBodyBytes };
    const now = this.#options.clock.now();
    let read: Payload | undefined;
    const payload = (): Payload => (read ??= payloadOf(body, headers['content-type']));
    const value = (): unknown => {
      const found = payload();
      return 'value' in found ? found.value : null;
    };
    if (!PROOFS[verify.scheme](message, verify, proofCrypto, now, value)) {
      this.#sayRefused(source, now);
      return { kind: 'refused' };
    }
    const original = { source: source.config.id, headers: visibleHeaders(headers, verify), body, at: now };
    const found = payload();
    if ('fault' in found) {
      const letter = this.#letter(original, { reason: 'malformed', error: found.fault, at: '' });
      const why = await this.#options.store([letter]);
      return why === 'stored' ? { kind: 'unreadable', fault: found.fault } : { kind: 'not_stored', why };
    }
    const variables = { body: found.value, headers: original.headers, query: message.query };
    const { events, faults, isTaken } = source.map(variables, () => bodyHash(body));
    return this.#store(source, original, { events, faults: [...faults], isTaken }, now);
  }

  async #store(
    source: OpenSource,
    original: Original,
    mapped: { readonly events: readonly MappedEvent[]; readonly faults: MapFault[]; readonly isTaken: boolean },
    now: Millis,
  ): Promise<SourceOutcome> {
    const { id } = source.config;
    const messages: IngestMessage[] = [];
    for (const event of mapped.events) {
      const checked = await this.#checked(id, event, now);
      if ('subject' in checked) messages.push(checked);
      else mapped.faults.push(checked);
    }
    const unmapped = mapped.isTaken ? mapped.faults.length : 1;
    const error = faultSentence(id, mapped.faults);
    const at = mapped.faults[0]?.at ?? ''; // of the whole
    const letters = unmapped === 0 ? [] : [this.#letter(original, { reason: 'unmapped', error, at })];
    const all = [...messages, ...letters];
    const why = all.length === 0 ? 'stored' : await this.#options.store(all);
    if (why !== 'stored') return { kind: 'not_stored', why };
    source.events.stored += messages.length;
    source.events.unmapped += unmapped;
    return { kind: 'taken', accepted: messages.map((message) => message.id), unmapped };
  }

  /** As it is stored, or why it is no event. */
  async #checked(id: string, event: MappedEvent, now: Millis): Promise<IngestMessage | MapFault> {
    const { read, maybeYield, maskIdentifier } = this.#options;
    const bytes = encoder.encode(JSON.stringify(sourceEvent(id, event)));
    const { accepted, faults } = await runYielding(read(JSON_EVENT, bytes, now), maybeYield);
    const [message] = accepted;
    if (message === undefined) {
      const { error, at } = must(faults[0], 'what is not accepted says why');
      return { at: `map[${event.rule}]`, error: `its ${event.type} is refused at ${at}: ${error}` };
    }
    const { key } = event;
    return key === null || !message.subject.endsWith(`.${NO_KEY}`)
      ? message
      : { ...message, subject: message.subject.slice(0, -NO_KEY.length) + subjectToken(maskIdentifier(key)) };
  }

  #sayRefused(source: OpenSource, now: Millis): void {
    if (now - source.refusalSaidAt < SAY_EVERY_MS) return;
    source.refusalSaidAt = now;
    const hint = 'see its `verify`, and the secret on both sides; said once a minute';
    this.#options.logger.warn('a message to a source is not proved', { source: source.config.id, hint });
  }

  families(): readonly Family[] {
    const all = [...this.#sources.values()];
    if (all.length === 0) return [];
    const requests = all.flatMap(({ config, requests: counts }) =>
      OUTCOMES.map((outcome) => ({ labels: { source: config.id, outcome }, value: counts[outcome] })),
    );
    const events = all.flatMap(({ config, events: counts }) =>
      (['stored', 'unmapped'] as const).map((outcome) => ({
        labels: { source: config.id, outcome },
        value: counts[outcome],
      })),
    );
    return [
      {
        ...{ name: 'earshot_source_requests_total', type: 'counter', samples: requests },
        help: 'Messages to sources: taken, refused for their proof, too large, unreadable, or not stored.',
      },
      {
        ...{ name: 'earshot_source_events_total', type: 'counter', samples: events },
        help: 'What messages to sources became: events that are stored, or what no rule makes an event of (dead letters).',
      },
    ];
  }
}
