/**
 * The configuration as a whole: `Config` and its schema, composed of the parts that the rooms own. From what a file says to
 * `Config`: durations in ms, defaults filled in, everything held that the schema cannot see. Pure and total: whatever it is
 * given, it returns a configuration or every fault it found.
 */
import type { JsonObject } from '../../core/types.ts';
import { expressionChecks } from '../../../operators/config/config-expressions.ts';
import { FORMS, object, type Fields } from '../../../operators/config/config-schema-forms.ts';
import { Section, type Fault } from '../../../operators/config/config-values.ts';
import type { Checks, ConfigPart, Report } from '../../../operators/config/config-part.ts';
import { ACTIONS_PART, DISPATCH_PART } from '../../../operators/actions/actions-config.ts';
import { CALENDARS_PART } from '../../../operators/calendars/calendars-config.ts';
import type { HolidayLookup } from '../../../operators/calendars/holidays.ts';
import { packagedHolidays } from '../../adapters/holidays/packaged-holidays.ts';
import { CLOCKS_PART } from '../../../operators/clocks/clocks-config.ts';
import { HOOKS_PART, INHIBIT_PART } from '../../../operators/destinations/hooks-config.ts';
import { OUTGOING_PART } from '../../../operators/destinations/outgoing-config.ts';
import { CLEANING_PART } from '../../../operators/cleaning/cleaning-config.ts';
import { DEDUPE_PART } from '../../../operators/dedupe/dedupe-config.ts';
import { CHANNELS_PART, LIMITS_PART, MASK_PART } from '../../../operators/events/events-config.ts';
import { FACTS_PART } from '../../../operators/facts/facts-config.ts';
import { KPIS_PART, LIVE_PART } from '../../../operators/kpis/kpis-config.ts';
import { JOURNEYS_PART } from '../../../operators/journeys/journeys-config.ts';
import { EVENT_RULES_PART } from '../../../operators/rules/per-event/event-rules-config.ts';
import { RULES_PART } from '../../../operators/rules/rules-config.ts';
import { DRIFT_PART } from '../../../operators/scoring/drift-config.ts';
import { SCORING_PART } from '../../../operators/scoring/scoring-config.ts';
import { SOURCES_PART } from '../../../operators/sources/sources-config.ts';
import type { CompileExpression } from '../../../operators/shared/messages.ts';
import { TIME_PART } from '../../../operators/windows/time-config.ts';
import { BOARD_PART } from './board-config.ts';
import { INCLUDE_PART } from './include-config.ts';
import { HTTP_PART } from './http-config.ts';
import { INSTALLATION_PART } from './installation-config.ts';
import { NATS_PART } from './broker-config.ts';
import { CONTROLS_PART, SEAL_PART } from './safety-config.ts';
import { OUTPUTS_PART } from './outputs-config.ts';
import { COMMIT_PART, INSTANCES_PART, PARTITIONS_PART, THREADS_PART } from './partitions-config.ts';

/** All parts, in rounds of reading: a round may look at what those before it read. One that is listed is read, checked and documented. */
const FIRST = {
  installation: INSTALLATION_PART,
  include: INCLUDE_PART,
  nats: NATS_PART,
  http: HTTP_PART,
  time: TIME_PART,
  partitions: PARTITIONS_PART,
  threads: THREADS_PART,
  instances: INSTANCES_PART,
  liveEveryMs: LIVE_PART,
  commit: COMMIT_PART,
  outputs: OUTPUTS_PART,
  dedupe: DEDUPE_PART,
  cleaning: CLEANING_PART,
  channels: CHANNELS_PART,
  limits: LIMITS_PART,
  mask: MASK_PART,
  controls: CONTROLS_PART,
  seal: SEAL_PART,
  calendars: CALENDARS_PART,
  facts: FACTS_PART,
  outgoing: OUTGOING_PART,
  hooks: HOOKS_PART,
  inhibit: INHIBIT_PART,
  scoring: SCORING_PART,
};
const SECOND = { clocks: CLOCKS_PART, journeys: JOURNEYS_PART, sources: SOURCES_PART };
const THIRD = { kpis: KPIS_PART };
const FOURTH = { drift: DRIFT_PART, rules: RULES_PART, board: BOARD_PART };
const FIFTH = { eventRules: EVENT_RULES_PART };
const SIXTH = { actions: ACTIONS_PART, dispatch: DISPATCH_PART };

type Round<Earlier> = Readonly<Record<string, ConfigPart<unknown, Earlier>>>;
type WhatIsRead<Parts extends Round<never>> = { readonly [Name in keyof Parts]: ReturnType<Parts[Name]['read']> };

/** The configuration, normalised: what each part read. Written by users as YAML (docs/reference/configuration.md). */
export interface Config
  extends
    WhatIsRead<typeof FIRST>,
    WhatIsRead<typeof SECOND>,
    WhatIsRead<typeof THIRD>,
    WhatIsRead<typeof FOURTH>,
    WhatIsRead<typeof FIFTH>,
    WhatIsRead<typeof SIXTH> {}

export const CONFIG_SCHEMA: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Earshot configuration',
  ...object('', fieldsOf({ ...FIRST, ...SECOND, ...THIRD, ...FOURTH, ...FIFTH, ...SIXTH })),
  $defs: FORMS,
};

/** What the reader of configuration files needs to know of ours. */
export interface EngineConfigForm {
  readonly schema: JsonObject;
  readonly parse: (raw: unknown) => Parsed;
}
export function configForm(compile: CompileExpression, holidays: HolidayLookup = packagedHolidays()): EngineConfigForm {
  return { schema: CONFIG_SCHEMA, parse: (raw) => parseConfig(raw, compile, holidays) };
}

export type Parsed = { readonly config: Config } | { readonly faults: readonly Fault[] };

/** `raw` is the file's content as plain data. */
export function parseConfig(
  raw: unknown,
  compile: CompileExpression,
  holidays: HolidayLookup = packagedHolidays(),
): Parsed {
  const faults: Fault[] = [];
  const report: Report = (at, message) => void faults.push({ at, message });
  const checks = { report, expressions: expressionChecks(compile, report), holidays };
  const root = new Section(raw, []);
  const first = readRound(FIRST, root, checks, {});
  const second = readRound(SECOND, root, checks, first);
  const third = readRound(THIRD, root, checks, { ...first, ...second });
  const fourth = readRound(FOURTH, root, checks, { ...second, ...third });
  const fifth = readRound(FIFTH, root, checks, { ...second, ...fourth });
  const sixth = readRound(SIXTH, root, checks, { ...first, ...second, ...fourth, ...fifth });
  return faults.length === 0
    ? { config: { ...first, ...second, ...third, ...fourth, ...fifth, ...sixth } }
    : { faults };
}

function readRound<Earlier, Parts extends Round<Earlier>>(
  parts: Parts,
  root: Section,
  checks: Checks,
  earlier: Earlier,
): WhatIsRead<Parts> {
  const read = Object.entries(parts).map(([name, part]) => [name, part.read(root, checks, earlier)] as const);
  return Object.fromEntries(read) as WhatIsRead<Parts>;
}

function fieldsOf(parts: Round<never>): Fields {
  return Object.fromEntries(Object.values(parts).flatMap(({ fields }) => Object.entries(fields)));
}
