/**
 * What the gateway asks of the engine, from its first moment on. Two states: until `connect` the health says why nothing can be
 * answered (the gateway then asks for nothing that needs the broker); after it everything is there.
 */
import { AuditOutbox } from '../../adapters/audit/audit-outbox.ts';
import { AnswerMemory } from '../../adapters/hooks/answer-memory.ts';
import { controlSigner, type SignControl } from '../../adapters/keys/control-signature.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { alertHistory, type AlertHistory } from '../../adapters/streams/alert-history.ts';
import { kpiHistory } from '../../adapters/streams/stream-history.ts';
import { retentionFamilies } from '../../adapters/streams/stream-retention.ts';
import type { EncryptionReport } from '../../core/safety/encryption-report.ts';
import type { OpenRun } from '../../core/clocks/open-run.ts';
import { RecentVoices } from '../voices/recent-voices.ts';
import type { CaseStory } from '../../core/cases/case-story-form.ts';
import type { AuditEntry } from '../../core/audit-entry.ts';
import { single, type Family, type Queue } from '../../core/metrics.ts';
import { must } from '../../core/must.ts';
import { runYielding } from '../../core/steps/steps.ts';
import type { Json, JsonObject, Logger, Millis } from '../../core/types.ts';
import type { KpiMessage, NoticeNote, RuleDescription } from '../../core/wire.ts';
import type {
  AlertHistoryQuery,
  ClockDescription,
  Command,
  Condition,
  GatewayPorts,
  HistoryQuery,
  HookStatus,
  HookTest,
  IngestResult,
  InstanceStatus,
  JourneyDescription,
  NotStored,
} from '../../gateway/gateway-ports.ts';
import type { PartitionStats } from '../../core/partition/stats.ts';
import { createMasker, type Masker } from '../../../operators/events/masking/mask.ts';
import { maskText } from '../../../operators/events/masking/mask-text.ts';
import { createIngest, ingestAnswer } from '../../../operators/events/ingest.ts';
import { publicSchemas } from '../../../operators/events/public-schemas.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { caseStories, type StoryOf } from '../cases/case-stories.ts';
import { commandMessage, describeJourney, describeKpi, describeRule } from '../gateway-forms.ts';
import type { EngineHealth } from '../health.ts';
import { answeredMessage } from '../hooks/answers/answered-message.ts';
import { HookAnswers } from '../hooks/answers/hook-answers.ts';
import { replaceMessage } from '../hooks/answers/replace-message.ts';
import { hookFamilies, hookStatus } from '../hooks/hook-status.ts';
import { sendTestNotice } from '../hooks/test-notice.ts';
import type { ModelSwitch } from '../open-models.ts';
import { SourceReceiver } from '../sources/source-receiver.ts';
import { VERSION } from '../version.ts';
import type { Connected } from './connected.ts';
import { encryptionReport } from './encryption.ts';
import type { Broker } from './broker.ts';
import type { Prepared } from './prepare.ts';
import type { ReloadReport } from '../../core/reload-report.ts';
import type { Reloads } from './reloads.ts';
import { largestEvent } from '../../adapters/streams/broker-fitness.ts';

interface Usable extends Connected {
  readonly sign: SignControl;
  readonly read: ReturnType<typeof createIngest>;
  readonly masker: Masker;
  /** null: no hook is configured. */
  readonly answers: HookAnswers | null;
  readonly sources: SourceReceiver;
}

const INPUT_LATE = 'Requests answered without an acknowledgement, because the broker did not give it in time.';
export class EnginePorts implements GatewayPorts {
  readonly log: Logger;
  readonly version = VERSION;
  readonly clock = systemClock;
  readonly schemas: Readonly<Record<string, JsonObject>>;
  /** Left out where nothing scores. */
  readonly reloadModels?: () => Promise<ModelSwitch>;
  #prepared: Prepared;
  readonly #encryption: EncryptionReport;
  readonly #disk: Broker['disk'];
  readonly #health: EngineHealth;
  readonly #demo: Json;
  readonly #audit: AuditOutbox;
  #stories: StoryOf;
  readonly #voices = new RecentVoices();
  #connected: Usable | null = null;
  #reloads: Reloads | null = null;

  constructor(prepared: Prepared, { disk, keyId }: Broker, health: EngineHealth, demo: Json, log: Logger) {
    this.log = log;
    this.#prepared = prepared;
    this.#disk = disk;
    this.#encryption = encryptionReport(prepared.config, keyId, prepared.seal);
    this.#health = health;
    this.#demo = demo;
    this.#stories = caseStories(prepared.config, compileExpression);
    this.#audit = new AuditOutbox({ clock: this.clock, logger: log });
    this.schemas = Object.fromEntries(
      publicSchemas().map(({ name, version, schema }) => [`${name}/${version}`, schema]),
    );
    if (prepared.models !== null) this.reloadModels = () => must(this.#ready().scoring).reload();
  }

  /** Before the health says that it has started. */
  connect(connected: Connected, reloads: Reloads): void {
    this.#reloads = reloads;
    this.#use(connected);
    this.#audit.connect((records) => connected.auditWriter.append(records));
  }

  /** From now on by this configuration. What the parts that did not change remember stays. */
  reconfigure(
    prepared: Prepared,
    hooks: Pick<Connected, 'hooks' | 'links' | 'standing'>,
    changed: ReadonlySet<string>,
  ): void {
    const before = this.#ready();
    this.#prepared = prepared;
    this.#stories = caseStories(prepared.config, compileExpression);
    this.#use({ ...before, ...hooks });
    const isOfInput = ['sources', 'channels', 'limits', 'cleaning', 'kpis'].some((part) => changed.has(part));
    const now = this.#ready();
    const answers = changed.has('hooks') ? now.answers : before.answers;
    this.#connected = { ...now, answers, sources: isOfInput ? now.sources : before.sources };
  }
  reload(by: string): Promise<ReloadReport> {
    return must(this.#reloads).reload(by);
  }
  reloadWould(text: string): ReloadReport {
    return must(this.#reloads).would(text);
  }

  #use(connected: Connected): void {
    const { keys } = connected;
    const answers = this.#answersOf(connected);
    const maxEventBytes = largestEvent(connected.maxPayload, this.#prepared.config.limits.maxEventBytes);
    const masker = createMasker({ key: keys.mask });
    const read = createIngest({ ...this.#prepared.rules, maxEventBytes, maskKey: keys.mask });
    const sign = controlSigner(keys.control);
    this.#connected = { ...connected, sign, answers, masker, read, sources: this.#sourcesOf(connected, read) };
  }

  audit(entry: AuditEntry): void {
    this.#audit.note(entry);
  }
  /** The last that is noted: what waits is stored, for as long as that may take. */
  async endAudit(entry: AuditEntry, withinMs: Millis): Promise<void> {
    this.#audit.note(entry);
    if (this.#connected !== null) await this.#audit.flush(withinMs);
  }

  kpis(): ReturnType<GatewayPorts['kpis']> {
    return this.#prepared.config.kpis.map(describeKpi);
  }
  board(): JsonObject {
    const { board, time, actions } = this.#prepared.config;
    // Of actions that are not configured a screen asks nothing.
    return { title: board.title, tiles: board.tiles, zone: time.zone, demo: this.#demo, actions: actions.length > 0 };
  }
  starting(): readonly string[] {
    return this.#health.starting();
  }
  healthy(): Condition {
    return this.#health.alive();
  }
  ready(): Condition {
    return this.#health.ready();
  }
  encryption(): EncryptionReport {
    return this.#encryption;
  }
  partitions(): readonly PartitionStats[] {
    return this.#health.runs.map((run) => run.stats());
  }
  instances(): readonly InstanceStatus[] {
    return this.#connected?.instances() ?? []; // it starts
  }
  queues(): readonly Queue[] {
    return this.#connected?.gate.queues() ?? []; // it starts
  }
  families(): readonly Family[] {
    const connected = this.#connected;
    return [
      ...(connected === null ? [] : [...(connected.scoring?.families() ?? []), ...connected.drift.families()]),
      ...retentionFamilies(connected === null ? [] : connected.retention()),
      ...(this.#disk?.families() ?? []),
      ...hookFamilies(this.hooks()),
      ...(connected?.hooks?.report().families ?? []),
      ...(this.answers?.families() ?? []),
      ...(this.sources?.families() ?? []),
      ...this.#prepared.expressions.families(),
      ...(connected?.counted() ?? []),
      ...this.#audit.families(),
      single('earshot_gateway_input_late_total', 'counter', INPUT_LATE, connected?.gate.refusals.late ?? 0),
    ];
  }
  hooks(): readonly HookStatus[] {
    const report = this.#connected?.hooks?.report();
    return report?.statuses ?? hookStatus(this.#prepared.config.hooks, null); // it starts
  }
  get answers(): HookAnswers | undefined {
    return this.#connected?.answers ?? undefined;
  }
  get sources(): SourceReceiver | undefined {
    return this.#connected?.sources;
  }
  async testHook(id: string): Promise<HookTest> {
    const { hooks, time } = this.#prepared.config;
    const hook = must(hooks.find((one) => one.id === id)); // the gateway asks for one that it knows
    const outcome = await sendTestNotice(hook, time.zone, this.clock.now());
    if (outcome.kind === 'delivered') return { outcome: 'delivered' };
    return { outcome: outcome.kind, reason: outcome.reason, hint: outcome.hint };
  }
  async history(query: HistoryQuery, signal: AbortSignal): Promise<readonly KpiMessage[]> {
    const { key, ...rest } = query;
    const asked = key === null ? rest : { ...rest, key };
    return (await kpiHistory(this.#ready().nc, asked, { logger: this.log }, signal)).values;
  }
  alertHistory(query: AlertHistoryQuery, signal: AbortSignal): Promise<AlertHistory> {
    return alertHistory(this.#ready().nc, query, this.log, signal);
  }
  async notices(alert: string): Promise<readonly NoticeNote[]> {
    return (await this.#connected?.hooks?.notes(alert)) ?? []; // no hook is configured, or it starts
  }
  rules = (): readonly RuleDescription[] => this.#prepared.config.rules.map(describeRule);
  journeys = (): readonly JourneyDescription[] => this.#prepared.config.journeys.map(describeJourney);
  voices(signal: AbortSignal): ReturnType<RecentVoices['all']> {
    return this.#voices.all(this.#ready().nc, this.log, signal);
  }
  voiceSample(now: Millis, signal: AbortSignal): ReturnType<RecentVoices['sample']> {
    return this.#voices.sample(now, this.#ready().nc, this.log, signal);
  }
  clocks(): readonly ClockDescription[] {
    return this.#prepared.config.clocks.map(({ id, title }) => ({ id, title }));
  }
  *openRuns(): Generator<OpenRun, void, undefined> {
    for (const run of this.#health.runs) yield* run.openRuns();
  }
  caseStory(id: string, now: Millis, signal: AbortSignal): Promise<CaseStory | null> {
    const { nc, masker } = this.#ready();
    return this.#stories({ nc, maskId: (name) => masker.identifier(name), logger: this.log }, id, now, signal);
  }
  async ingest(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<IngestResult | NotStored> {
    const { gate, maybeYield, read } = this.#ready();
    const taken = await runYielding(read(headers, body, systemClock.now()), maybeYield);
    const outcome = taken.accepted.length === 0 ? 'stored' : await gate.store(taken.accepted);
    return outcome === 'stored' ? ingestAnswer(taken) : outcome;
  }
  async command(command: Command): Promise<'stored' | NotStored> {
    const { gate, sign } = this.#ready();
    return gate.store([commandMessage(command, sign)]);
  }

  #answersOf({ nc, keys, standing, links }: Connected): HookAnswers | null {
    const { hooks, nats, time } = this.#prepared.config;
    if (hooks.length === 0) return null;
    const taken = new AnswerMemory(nc, nats.replicas, () => this.clock.now());
    const command = (decision: Command): Promise<'stored' | NotStored> => this.command(decision);
    const maskName = (name: string): string => maskText(name).text;
    return new HookAnswers({
      hooks,
      keys: keys.control,
      taken,
      command,
      maskName,
      answered: (hook, token, by) =>
        answeredMessage(hook, token, by, { ...standing, links, zone: time.zone, clock: this.clock }),
      replace: (hook, url, message) => replaceMessage(hook, url, message, this.log),
      clock: this.clock,
      logger: this.log,
    });
  }

  #sourcesOf({ maxPayload, gate, keys, origin, maybeYield }: Connected, read: Usable['read']): SourceReceiver {
    const { config, seal, expressions } = this.#prepared;
    const masker = createMasker({ key: keys.mask });
    return new SourceReceiver({
      ...{
        sources: config.sources,
        compile: expressions.compile,
        read,
        origin,
        seal,
        maybeYield,
        clock: this.clock,
        logger: this.log,
      },
      // As base64, with its headers, it fits what the broker takes.
      maxBytes: Math.floor(maxPayload / 2),
      store: (messages) => gate.store(messages),
      maskIdentifier: (identifier) => masker.identifier(identifier),
    });
  }

  /** The gateway asks for nothing of it while `starting` has a reason. */
  #ready(): Usable {
    return must(this.#connected);
  }
}
