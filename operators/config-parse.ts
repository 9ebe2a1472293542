/**
 * From what a configuration file says to `Config`: durations to ms, defaults filled in, and everything held that the
 * schema cannot see. Pure and total: whatever it is given, it returns a configuration or every fault it found.
 */
import { didYouMean } from '../engine/core/nearest.ts';
import type { JsonObject } from '../engine/core/types.ts';
import { CONFIG_SCHEMA, MAX_TILES } from './config-schema.ts';
import {
  isOfScores,
  type Config,
  type HttpConfig,
  type KpiConfig,
  type NatsConfig,
  type RuleConfig,
  type TimeConfig,
} from './config.ts';
import { expressionChecks, type ExpressionChecks } from './config-expressions.ts';
import { readKpi, type Report } from './config-kpis.ts';
import { Section, type Fault } from './config-values.ts';
import type { CompileExpression } from './types.ts';

const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;

/** The half of a stream's limits that was not given. `CX_EVENTS` stands for each partition's; none given: not listed. */
const STREAM_LIMITS: NatsConfig['streams'] = {
  CX_EVENTS: { maxBytes: 2048 * MIB, maxAgeMs: 3 * DAY_MS },
  CX_PARTIALS: { maxBytes: 512 * MIB, maxAgeMs: 3 * DAY_MS },
  CX_ENRICHED: { maxBytes: 2048 * MIB, maxAgeMs: 7 * DAY_MS },
  CX_KPI: { maxBytes: 1024 * MIB, maxAgeMs: 30 * DAY_MS },
  CX_ALERTS: { maxBytes: 256 * MIB, maxAgeMs: 400 * DAY_MS },
  CX_ACTIONS: { maxBytes: 256 * MIB, maxAgeMs: 90 * DAY_MS },
  CX_DLQ: { maxBytes: 512 * MIB, maxAgeMs: 30 * DAY_MS },
  CX_LATE: { maxBytes: 256 * MIB, maxAgeMs: 7 * DAY_MS },
  CX_AUDIT: { maxBytes: 512 * MIB, maxAgeMs: 1100 * DAY_MS },
  CX_STATE: { maxBytes: 4096 * MIB, maxAgeMs: 0 },
};
/** What must not go sooner, 0 being never: who did what is kept three years (CONTRACT §4), and state as long as it is state. */
const LEAST_AGES: Readonly<Record<string, { readonly ms: number; readonly why: string }>> = {
  CX_AUDIT: { ms: 1096 * DAY_MS, why: 'the audit trail is kept for three years, 1096d, or longer (0s: for ever)' },
  CX_STATE: { ms: Infinity, why: 'state that is still needed would go, however old: leave it at 0s, for ever' },
};

/** What the reader of configuration files needs to know of ours. */
export interface ConfigForm {
  readonly schema: JsonObject;
  readonly parse: (raw: unknown) => Parsed;
}
export function configForm(compile: CompileExpression): ConfigForm {
  return { schema: CONFIG_SCHEMA, parse: (raw) => parseConfig(raw, compile) };
}

export type Parsed = { readonly config: Config } | { readonly faults: readonly Fault[] };

/** `raw` is the file's content as plain data; faults come in the order of the file's sections. */
export function parseConfig(raw: unknown, compile: CompileExpression): Parsed {
  const faults: Fault[] = [];
  const report: Report = (at, message) => void faults.push({ at, message });
  const expressions = expressionChecks(compile, report);
  const root = new Section(raw, []);
  const time = readTime(root.section('time'), report);
  const kpis = readKpis(root, time, expressions, report);
  const drift = readDrift(root.section('drift'), kpis, report);
  const config: Config = {
    nats: readNats(root.section('nats'), report),
    http: readHttp(root.section('http'), report),
    time,
    partitions: root.number('partitions', 1),
    liveEveryMs: root.durationMs('live_every', 250),
    commit: {
      everyMs: root.section('commit').durationMs('every', 100),
      maxEvents: root.section('commit').number('max_events', 5000),
    },
    dedupe: {
      horizonMs: root.section('dedupe').durationMs('horizon', 3_600_000),
      maxIds: root.section('dedupe').number('max_ids', 1_000_000),
    },
    channels: root.strings('channels'),
    limits: { maxEventBytes: root.section('limits').bytes('max_event', 256 * 1024) },
    drift,
    scoring: readScoring(root.section('scoring')),
    kpis,
    rules: readRules(root, kpis, expressions, report),
    board: readBoard(root.section('board'), kpis, report),
  };
  return faults.length === 0 ? { config } : { faults };
}

function readScoring(section: Section): Config['scoring'] {
  const folder = (name: string, initial: string): string | null =>
    section.raw(name) === null ? null : section.text(name, initial);
  const shadow = section.section('shadow');
  return {
    sentiment: folder('sentiment', 'models/sentiment'),
    issues: folder('issues', 'models/issues'),
    owners: readOwners(section.section('owners')),
    workers: section.number('workers', 1),
    batchTexts: section.number('batch_texts', 64),
    batchDeadlineMs: section.durationMs('batch_deadline', 0),
    queueTexts: section.number('queue_texts', 4096),
    maxModelBytes: section.bytes('max_model', 512 * MIB),
    shadow: section.has('shadow')
      ? {
          model: shadow.text('model', ''),
          share: shadow.number('share', 0.1),
          queueTexts: shadow.number('queue_texts', 256),
        }
      : null,
  };
}

function readDrift(section: Section, kpis: readonly KpiConfig[], report: Report): Config['drift'] {
  const file = section.has('file') ? section.text('file', '') : null;
  for (const [i, { measure }] of kpis.entries()) {
    if (measure.kind !== 'psi' || measure.reference !== null || isOfScores(measure) || file !== null) continue;
    report(
      ['kpis', i, 'measure', 'reference'],
      'the key "reference" is missing: the model has one for scores from -1 to 1 alone; or name drift.file, where it is learned',
    );
  }
  return { file, learn: section.number('learn', 10_000) };
}

function readOwners(section: Section): Readonly<Record<string, string>> {
  return Object.fromEntries(section.names().map((label) => [label, section.text(label, '')]));
}

function readTime(section: Section, report: Report): TimeConfig {
  const zone = section.text('zone', 'Asia/Shanghai');
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    report(section.path('zone'), `"${zone}" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC`);
  }
  return {
    zone,
    outOfOrdernessMs: section.durationMs('out_of_orderness', 2000),
    allowedLatenessMs: section.durationMs('allowed_lateness', 60_000),
    idleAfterMs: section.durationMs('idle_after', 10_000),
    maxFutureMs: section.durationMs('max_future', 300_000),
  };
}

function readNats(section: Section, report: Report): NatsConfig {
  const tls = section.section('tls');
  const streams: Record<string, { maxBytes: number; maxAgeMs: number }> = {};
  const given = section.section('streams');
  for (const name of given.names()) {
    const initial = STREAM_LIMITS[name];
    if (initial === undefined) {
      const known = Object.keys(STREAM_LIMITS);
      report(
        given.path(name),
        `there is no stream "${name}"${didYouMean(name, known)} (expected: ${known.join(', ')})`,
      );
      continue;
    }
    const limits = given.section(name);
    const maxAgeMs = limits.durationMs('max_age', initial.maxAgeMs);
    streams[name] = { maxBytes: limits.bytes('max_bytes', initial.maxBytes), maxAgeMs };
    const least = LEAST_AGES[name];
    if (least !== undefined && maxAgeMs !== 0 && maxAgeMs < least.ms) report(limits.path('max_age'), least.why);
  }
  if (section.has('password') && !section.has('user'))
    report(section.path('password'), 'a password was given without a user');
  return {
    servers: section.strings('servers'),
    credentials: section.text('credentials', null),
    user: section.text('user', null),
    password: section.text('password', null),
    token: section.text('token', null),
    tls: section.has('tls')
      ? { ca: tls.text('ca', null), cert: tls.text('cert', null), key: tls.text('key', null) }
      : null,
    embedded: {
      store: section.section('embedded').text('store', '.earshot/nats'),
      port: section.section('embedded').number('port', 0),
    },
    streams,
    replicas: section.number('replicas', 1),
  };
}

/** HS256 with a shorter secret can be guessed off line (RFC 7518 §3.2 asks for 256 bits). */
const MIN_SECRET = 32;

function readHttp(section: Section, report: Report): HttpConfig {
  const auth = section.section('auth');
  const secret = auth.text('secret', null);
  if (secret !== null && secret.length < MIN_SECRET) {
    report(auth.path('secret'), `the secret has ${secret.length} characters: at least ${MIN_SECRET} are needed`);
  }
  if (section.has('auth') && secret === null && !auth.has('jwks')) {
    report(section.path('auth'), 'no keys were given: expected `secret` or `jwks`');
  }
  const tls = section.section('tls');
  return {
    host: section.text('host', '127.0.0.1'),
    port: section.number('port', 8080),
    auth: section.has('auth')
      ? {
          secret,
          jwks: auth.text('jwks', null),
          issuer: auth.text('issuer', null),
          audience: auth.text('audience', null),
        }
      : null,
    tls: section.has('tls') ? { cert: tls.text('cert', ''), key: tls.text('key', '') } : null,
    origins: section.strings('origins'),
    maxBufferBytes: section.bytes('max_buffer', MIB),
    maxConnections: section.number('max_connections', 5000),
  };
}

function reportTwice(sections: readonly Section[], what: string, report: Report): void {
  const seen = new Set<string>();
  for (const section of sections) {
    const id = section.text('id', null);
    if (id === null) continue;
    if (seen.has(id)) report(section.path('id'), `there are two ${what} with the id "${id}": ids are unique`);
    seen.add(id);
  }
}

function readKpis(
  root: Section,
  time: TimeConfig,
  expressions: ExpressionChecks,
  report: Report,
): readonly KpiConfig[] {
  const sections = root.sections('kpis');
  reportTwice(sections, 'KPIs', report);
  return sections.map((section) => readKpi(section, time.allowedLatenessMs, expressions, report));
}

function readRules(
  root: Section,
  kpis: readonly KpiConfig[],
  expressions: ExpressionChecks,
  report: Report,
): readonly RuleConfig[] {
  const sections = root.sections('rules');
  reportTwice(sections, 'rules', report);
  return sections.map((section) => {
    const id = section.text('id', '');
    const kpi = section.text('kpi', '');
    const fire = section.expression('fire', '');
    const recover = section.expression('recover', null);
    if (section.has('fire')) expressions.rule(section, 'fire', fire);
    if (recover !== null) expressions.rule(section, 'recover', recover);
    const judged = kpis.find((candidate) => candidate.id === kpi);
    if (section.has('kpi') && judged === undefined) {
      const known = kpis.map((candidate) => candidate.id);
      report(section.path('kpi'), `there is no KPI "${kpi}"${didYouMean(kpi, known)}`);
    }
    const by = section.has('by') ? section.strings('by') : null;
    if (by !== null && judged !== undefined && !judged.by.some((set) => sameSet(set, by))) {
      const sets = judged.by.map((set) => `[${set.join(', ')}]`).join(', ');
      report(section.path('by'), `the KPI "${kpi}" has no keys by [${by.join(', ')}]: it has ${sets}`);
    }
    return {
      id,
      title: section.titles('title', id),
      kpi,
      by,
      fire,
      recover,
      forMs: section.durationMs('for', 0),
      keepFiringForMs: section.durationMs('keep_firing_for', 0),
      minN: section.number('min_n', 1),
      on: section.choice('on', ['final', 'live'], 'final'),
      onNoData: section.choice('on_no_data', ['ok', 'keep', 'fire'], 'ok'),
      severity: section.choice('severity', ['critical', 'major', 'minor', 'info'], 'major'),
      owner: section.text('owner', null),
      runbook: section.text('runbook', null),
    };
  });
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

function readBoard(section: Section, kpis: readonly KpiConfig[], report: Report): Config['board'] {
  const ids = kpis.map((kpi) => kpi.id);
  section.list('tiles').forEach((tile, i) => {
    if (typeof tile !== 'string' || ids.includes(tile)) return;
    report(section.path('tiles', i), `there is no KPI "${tile}"${didYouMean(tile, ids)}`);
  });
  return {
    title: section.has('title')
      ? section.titles('title', 'Earshot')
      : { 'zh-CN': '客户体验实时看板', en: 'Customer experience, live' },
    tiles: section.has('tiles') ? section.strings('tiles') : ids.slice(0, MAX_TILES),
  };
}
