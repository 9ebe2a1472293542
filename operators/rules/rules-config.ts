/** `rules`: conditions on KPIs that raise alerts. */
import { isWebAddress } from '../../engine/core/text/addresses.ts';
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { Millis } from '../../engine/core/types.ts';
import {
  choice,
  count,
  DIMENSIONS_SCHEMA,
  duration,
  expression,
  flag,
  object,
  text,
  titles,
} from '../config/config-schema-forms.ts';
import type { Section, Titles } from '../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import { keyIdOf } from '../kpis/keys/key-of.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import { measureOf } from '../measures/measures.ts';
import type { Expression } from '../shared/messages.ts';
import {
  BASELINE_SCHEMA,
  CONSECUTIVE_SCHEMA,
  readBaseline,
  readConsecutive,
  type Baseline,
  type Consecutive,
} from './history/history-config.ts';

export type Severity = 'critical' | 'major' | 'minor' | 'info';
/** Dimension → value. */
export type ExpectedKey = Readonly<Record<string, string>>;
export interface RuleConfig {
  readonly id: string;
  readonly title: Titles;
  readonly kpi: string;
  /** Which keys of the KPI: null: all of them; else only keys with exactly these dimensions. */
  readonly by: readonly string[] | null;
  /** CEL over value, n, low, high, key. */
  readonly fire: string;
  /** CEL; null: as soon as `fire` no longer holds. */
  readonly recover: string | null;
  readonly forMs: Millis;
  /** How long `recover` must hold. */
  readonly keepFiringForMs: Millis;
  readonly minN: number;
  /** final: judged on final windows; live: on the window that is still filling, for alerts within the second. */
  readonly on: 'final' | 'live';
  readonly onNoData: 'ok' | 'keep' | 'fire';
  /** Keys whose silence counts from the start on, though they have not spoken yet. */
  readonly expect: readonly ExpectedKey[];
  readonly severity: Severity;
  readonly owner: string | null;
  readonly runbook: string | null;
  /** A breach is a trend; `fire` has to hold beside it. */
  readonly consecutive?: Consecutive;
  /** Gives the expressions `baseline`. */
  readonly baseline?: Baseline;
  /** `fire` has to hold over the whole interval. */
  readonly certain?: true;
}

const rule = object(
  'one condition on a KPI that raises alerts, one a key',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects and alerts' },
    title: titles('what people read; its id unless given'),
    kpi: { type: 'string', description: 'the KPI it judges', maxLength: 64 },
    by: {
      ...DIMENSIONS_SCHEMA,
      type: ['array', 'null'],
      description: 'only keys with exactly these dimensions; all keys unless given',
      default: null,
    },
    fire: expression(
      'what is a breach: over `value`, `n`, `low`, `high` (the interval), `key`, `time`; of a trend `previous`, `change` as well, with a baseline `baseline`; required but for trends',
    ),
    consecutive: CONSECUTIVE_SCHEMA,
    baseline: BASELINE_SCHEMA,
    certain: flag('a breach only where `fire` holds over the whole 95 % interval of the value', false),
    recover: { ...expression('what ends it; as soon as `fire` no longer holds unless given'), default: null },
    for: duration('how long a breach must last before the alert fires', '0s'),
    keep_firing_for: duration('how long `recover` must hold before the alert is resolved', '0s'),
    min_n: count('fewer observations are no evidence; a firing alert keeps being judged down to half of it', 1, 1, 1e9),
    on: choice('judge final windows, or the filling one for alerts within the second', 'final', ['final', 'live']),
    on_no_data: choice('what silence means: all is well, no change, or a breach', 'ok', ['ok', 'keep', 'fire']),
    expect: {
      type: 'array',
      description:
        'keys that have to speak, e.g. `[{channel: app}]`: with `on_no_data: fire` their silence counts from the start on',
      default: [],
      items: { type: 'object', additionalProperties: { type: 'string', maxLength: 200 }, maxProperties: 6 },
      maxItems: 1000,
    },
    severity: choice('how bad', 'major', ['critical', 'major', 'minor', 'info']),
    owner: text('who looks after it'),
    runbook: text('http or https address where it is written what to do'),
  },
  ['id', 'kpi'],
);

export const RULES_PART: ConfigPart<readonly RuleConfig[], { readonly kpis: readonly KpiConfig[] }> = {
  fields: { rules: { type: ['array', 'null'], description: 'alerts', default: [], items: rule, maxItems: 1000 } },
  read(root, checks, { kpis }) {
    const sections = root.sections('rules');
    reportRepeatedIds(sections, 'rules', checks.report);
    return sections.map((section) => readRule(section, kpis, checks));
  },
};

function readRule(section: Section, kpis: readonly KpiConfig[], { expressions, report }: Checks): RuleConfig {
  const id = section.text('id', '');
  const kpi = section.text('kpi', '');
  const consecutive = readConsecutive(
    section,
    kpis.find((one) => one.id === kpi),
    report,
  );
  const baseline = readBaseline(
    section,
    kpis.find((one) => one.id === kpi),
    report,
  );
  // A trend alone is a breach.
  const fire = section.expression('fire', consecutive === undefined ? '' : 'true');
  if (!section.has('fire') && consecutive === undefined) {
    report(section.path('fire'), 'is missing: it says what is a breach, e.g. fire: value < 80');
  }
  const recover = section.expression('recover', null);
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
  const onNoData = section.choice('on_no_data', ['ok', 'keep', 'fire'], 'ok');
  if (section.has('expect') && onNoData !== 'fire') {
    report(section.path('expect'), 'silence is no breach of this rule: write on_no_data: fire, or leave expect out');
  }
  const sets = by === null ? (judged?.by ?? null) : [by];
  const more = [...(consecutive === undefined ? [] : ['previous', 'change']), ...(baseline ? ['baseline'] : [])];
  const firing = section.has('fire') ? expressions.rule(section, 'fire', fire, sets, more) : null;
  if (recover !== null) expressions.rule(section, 'recover', recover, sets, more);
  const certain = section.flag('certain', false);
  if (certain && judged !== undefined && !measureOf(judged.measure).hasInterval) {
    report(section.path('certain'), `the measure ${judged.measure.kind} has no interval: nothing would be certain`);
  }
  const on = section.choice('on', ['final', 'live'], 'final');
  if (on === 'live' && (consecutive ?? baseline) !== undefined) {
    report(section.path('on'), 'earlier windows are compared with whole ones: write on: final, or leave it out');
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
    on,
    onNoData,
    expect: readExpected(section, sets ?? [], firing, report), // a KPI that is not known is reported elsewhere
    severity: section.choice('severity', ['critical', 'major', 'minor', 'info'], 'major'),
    owner: section.text('owner', null),
    runbook: runbookOf(section, report),
    ...(consecutive !== undefined && { consecutive }),
    ...(baseline !== undefined && { baseline }),
    ...(certain && { certain }),
  };
}

function readExpected(
  section: Section,
  sets: readonly (readonly string[])[],
  firing: Expression | null,
  report: Report,
): readonly ExpectedKey[] {
  const canFire = firing?.whenKnown(['key']) ?? (() => true);
  const seen = new Set<string>();
  return section.sections('expect').map((one, i) => {
    const names = one.names();
    const key = Object.fromEntries(names.map((name) => [name, one.text(name, '')]));
    const at = section.path('expect', i);
    const id = keyIdOf(names, Object.values(key));
    if (!sets.some((set) => sameSet(set, names))) {
      const known = sets.map((set) => `[${set.join(', ')}]`).join(' or ');
      report(at, `found a key by [${names.join(', ')}], expected one by ${known === '' ? 'what the KPI has' : known}`);
    } else if (!canFire({ key })) {
      report(at, `fire cannot hold for this key, whatever its value: the rule does not follow it`);
    } else if (seen.has(id)) report(at, 'this key is expected twice');
    seen.add(id);
    return key;
  });
}

/** It becomes a link on boards and in messages to people: one that runs a script, or opens a file, must not. */
function runbookOf(section: Section, report: Report): string | null {
  const runbook = section.text('runbook', null);
  if (runbook !== null && !isWebAddress(runbook)) {
    report(
      section.path('runbook'),
      'expected an address of http or https, e.g. https://wiki.example.com/late-deliveries',
    );
  }
  return runbook;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}
