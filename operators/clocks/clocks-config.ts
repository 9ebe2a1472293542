/** `clocks`: what is measured between events, and what must hold inside one of them. */
import { at } from '../../engine/core/must.ts';
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { Millis } from '../../engine/core/types.ts';
import { durationText, type Section, type Titles } from '../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import { pathsOf } from '../config/expression-paths.ts';
import { CLOCK_SCHEMA } from './clocks-schema.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import type { TimeConfig } from '../windows/time-config.ts';

/** What makes a clock start, stop …: events of these types for which `where` holds, under this key. */
export interface VerbConfig {
  readonly on: readonly string[];
  readonly where: string | null;
  readonly key: string;
}
export const CONFIG_VERBS = ['start', 'stop', 'pause', 'resume', 'restart', 'cancel', 'update', 'again'] as const;
export type ConfigVerb = (typeof CONFIG_VERBS)[number];

export interface TargetConfig {
  readonly when: string | null;
  readonly withinMs: Millis;
}
export interface CalendarUse {
  readonly when: string | null;
  readonly use: string;
}

export interface ClockConfig {
  readonly id: string;
  readonly title: Titles;
  readonly key: string;
  readonly verbs: Readonly<Partial<Record<ConfigVerb, VerbConfig>>>;
  /** The first whose `when` holds; every hour counts where none does. */
  readonly calendar: readonly CalendarUse[];
  readonly target: readonly TargetConfig[];
  /** Percent, rising. */
  readonly warn: readonly number[];
  readonly keep: readonly string[];
  readonly expireMs: Millis;
  readonly once: boolean;
  readonly onChange: 'keep' | 'move';
  readonly allowedLatenessMs: Millis;
  readonly maxKeys: number;
}

/** Fields of an outcome that nothing kept may be called. */
export const OUTCOME_FIELDS = [
  ...['clock', 'key', 'run', 'revision', 'outcome', 'started', 'ended', 'due', 'elapsed_s', 'working_s', 'paused_s'],
  ...['target_s', 'over_s', 'met', 'restarts', 'late_by_s', 'late', 'withdrawn'],
] as const;

/** What a `when` may read: it is looked at again whenever one of them changes. */
const KEPT_ROOTS = ['data', 'enrichment', 'channel'];
const DAYS_90 = 90 * 86_400_000;

interface Earlier {
  readonly time: TimeConfig;
  /** Ids of calendars. */
  readonly calendars?: readonly { readonly id: string }[];
}

export const CLOCKS_PART: ConfigPart<readonly ClockConfig[], Earlier> = {
  fields: {
    clocks: {
      type: ['array', 'null'],
      description: 'what happens between events',
      default: [],
      items: CLOCK_SCHEMA,
      maxItems: 200,
    },
  },
  read(root, checks, { time, calendars }) {
    const sections = root.sections('clocks');
    reportRepeatedIds(sections, 'clocks', checks.report);
    const known = (calendars ?? []).map(({ id }) => id); // a configuration without any
    return sections.map((section) => readClock(section, time.allowedLatenessMs, known, checks));
  },
};

function readClock(section: Section, latenessMs: Millis, calendars: readonly string[], checks: Checks): ClockConfig {
  const { report } = checks;
  const id = section.text('id', '');
  const key = section.expression('key', '""');
  if (section.has('key')) checks.expressions.event(section, 'key', key, 'label');
  const expireMs = section.durationMs('expire', DAYS_90);
  const read: ClockConfig = {
    id,
    title: section.titles('title', id),
    key,
    verbs: readVerbs(section, key, checks),
    calendar: readCalendar(section, calendars, checks),
    target: section.sections('target').map((target) => readTarget(target, checks)),
    warn: section.list('warn').filter((percent) => typeof percent === 'number'),
    keep: section.strings('keep'),
    expireMs,
    once: section.flag('once', false),
    onChange: section.choice('on_change', ['keep', 'move'], 'keep'),
    allowedLatenessMs: section.durationMs('allowed_lateness', latenessMs),
    maxKeys: section.number('max_keys', 1_000_000),
  };
  checkWhole(section, read, report);
  return read;
}

function readVerbs(section: Section, key: string, { expressions, report }: Checks): ClockConfig['verbs'] {
  const read = CONFIG_VERBS.flatMap((name) => {
    if (!section.has(name)) return [];
    const inner = section.section(name);
    const where = inner.expression('where', null);
    if (where !== null) expressions.event(inner, 'where', where);
    if (inner.has('key')) expressions.event(inner, 'key', inner.expression('key', key), 'label');
    return [[name, { on: readTypes(inner, report), where, key: inner.expression('key', key) }] as const];
  });
  return Object.fromEntries(read);
}

function readTypes(section: Section, report: Report): readonly string[] {
  const raw = section.raw('on');
  const names = typeof raw === 'string' ? [raw] : section.strings('on');
  names.forEach((type, i) => {
    const at = typeof raw === 'string' ? section.path('on') : section.path('on', i);
    if (type.startsWith('clock.'))
      report(at, `"${type}" is said by a clock: a clock reads channel events only, so that none waits for itself`);
    else if (!EVENT_TYPE_NAMES.includes(type))
      report(at, `there is no event type "${type}"${didYouMean(type, EVENT_TYPE_NAMES)}`);
    else if (names.indexOf(type) < i) report(at, `the event type "${type}" is listed twice`);
  });
  return names;
}

function readCalendar(section: Section, known: readonly string[], checks: Checks): readonly CalendarUse[] {
  const raw = section.raw('calendar');
  const unknown = (at: readonly (string | number)[], use: string): void => {
    if (!known.includes(use)) checks.report(at, `there is no calendar "${use}"${didYouMean(use, known)}`);
  };
  if (typeof raw === 'string') {
    unknown(section.path('calendar'), raw);
    return [{ when: null, use: raw }];
  }
  return section.sections('calendar').map((inner) => {
    const use = inner.text('use', '');
    unknown(inner.path('use'), use);
    return { when: readWhen(inner, checks), use };
  });
}

function readTarget(section: Section, checks: Checks): TargetConfig {
  const withinMs = section.durationMs('within', 1);
  if (withinMs < 1) checks.report(section.path('within'), 'a target of 0 can only be missed: expected at least 1ms');
  return { when: readWhen(section, checks), withinMs };
}

function readWhen(section: Section, { expressions, report }: Checks): string | null {
  const source = section.expression('when', null);
  if (source === null || expressions.event(section, 'when', source) === null) return source;
  for (const path of pathsOf(source)) {
    const [root, ...steps] = path;
    if (root === undefined || !KEPT_ROOTS.includes(root))
      report(
        section.path('when'),
        `a run keeps what this reads: data.…, enrichment.… or channel, not "${String(root)}"`,
      );
    else if (root !== 'channel' && steps.length === 0)
      report(
        section.path('when'),
        `it reads "${root}" as a whole, of which a run cannot keep everything: name the field, such as ${root}.priority`,
      );
  }
  return source;
}

/** What only the whole of it shows. */
function checkWhole(
  section: Section,
  { verbs, target, warn, keep, calendar, expireMs, allowedLatenessMs }: ClockConfig,
  report: Report,
): void {
  const { pause, resume } = verbs;
  if (resume !== undefined && pause === undefined)
    report(section.path('resume'), 'nothing pauses this clock, so there is nothing to resume: expected `pause` too');
  if (warn.length > 0 && target.length === 0)
    report(section.path('warn'), 'warnings are percent of the target, and there is none: expected `target` too');
  warn.forEach((percent, i) => {
    if (i > 0 && percent <= at(warn, i - 1))
      report(section.path('warn', i), 'warnings rise: each is higher than the one before');
  });
  for (const [name, list] of [
    ['target', target],
    ['calendar', calendar],
  ] as const) {
    const open = list.findIndex((one) => one.when === null);
    if (open >= 0 && open < list.length - 1)
      report(section.path(name, open + 1), `the ${name} before it has no "when", so this one is never looked at`);
  }
  keep.forEach((name, i) => {
    if ((OUTCOME_FIELDS as readonly string[]).includes(name))
      report(
        section.path('keep', i),
        `"${name}" is a field of every outcome: keep it under another name, or not at all`,
      );
    else if (keep.indexOf(name) < i) report(section.path('keep', i), `"${name}" is kept twice`);
  });
  if (expireMs <= allowedLatenessMs)
    report(section.path('expire'), `it must be longer than the lateness of ${durationText(allowedLatenessMs)}`);
  target.forEach(({ withinMs }, i) => {
    if (withinMs >= expireMs)
      report(
        section.path('target', i, 'within'),
        `the run expires after ${durationText(expireMs)}, before this target is reached`,
      );
  });
}
