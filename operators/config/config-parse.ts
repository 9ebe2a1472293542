/**
 * From what a configuration file says to `Config`: durations to ms, defaults filled in, and everything held that the
 * schema cannot see. Pure and total: whatever it is given, it returns a configuration or every fault it found.
 */
import { didYouMean } from '../../engine/core/spelling.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { CONFIG_SCHEMA, MAX_TILES } from './config-schema.ts';
import { isOfScores, type Config, type KpiConfig, type RuleConfig, type TimeConfig } from './config.ts';
import { expressionChecks, type ExpressionChecks } from './config-expressions.ts';
import { readKpi, type Report } from './config-kpis.ts';
import { readHttp, readNats } from './config-network.ts';
import { Section, type Fault } from './config-values.ts';
import type { CompileExpression } from '../shared/messages.ts';

const MIB = 1024 ** 2;

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
