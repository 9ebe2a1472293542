/** `hooks`: where alerts are told, and what mutes them there. */
import { answerFields, readAnswers, type AnswerSettings } from '../answers/answers-config.ts';
import {
  choice,
  duration,
  flag,
  names,
  object,
  secret,
  tagged,
  text,
  type Fields,
} from '../config/config-schema-forms.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import { LANGUAGES, type Language } from '../notices/writing.ts';
import type { Destination } from './destination.ts';
import { DESTINATIONS } from './destinations.ts';
import { textOrList } from './setting-forms.ts';
import { isDirect, noProxyEntry } from './no-proxy.ts';
import { PROXY_FORM, readOutgoing, readProxyAddress, type OutgoingConfig } from './outgoing-config.ts';
import { matchersSchema, readMatchers, type Matchers } from './matchers.ts';

export interface HookEscalation {
  readonly after: Millis;
  readonly to: string;
}

export interface HookConfig {
  readonly id: string;
  readonly kind: string;
  readonly for: Matchers;
  /** What hooks before it keep to themselves. */
  readonly unless: readonly Matchers[];
  readonly language: Language;
  /** null: told once. */
  readonly repeat: Millis | null;
  readonly group: { readonly by: readonly string[]; readonly wait: Millis };
  readonly brief: 'skip' | 'tell';
  /** Private networks that may be called, as CIDR. */
  readonly allow: readonly string[];
  /** A file of certificates to trust besides the usual ones. */
  readonly ca: string | null;
  /** `http://user:password@host:port`; null: called directly. */
  readonly proxy: string | null;
  readonly escalate: readonly HookEscalation[];
  /** null: told at any hour. */
  readonly quiet: { readonly calendar: string; readonly except: readonly string[] } | null;
  readonly answers: AnswerSettings;
  /** Of its destination, read by it. */
  readonly settings: unknown;
}

/** While an alert of `source` fires, those of `target` with the same `equal` are not told. */
export interface Inhibition {
  readonly source: Matchers;
  readonly target: Matchers;
  readonly equal: readonly string[];
}

/** What people would group by. */
const GROUPED_BY = ['rule', 'owner', 'channel'];

const severities = (description: string): JsonObject => ({
  type: ['string', 'array'],
  description,
  default: 'critical',
  maxLength: 64,
  items: { type: 'string', maxLength: 64 },
  maxItems: 10,
});

const COMMON: Fields = {
  id: { $ref: '#/$defs/id', description: 'its name in logs, metrics and commands' },
  for: matchersSchema('which alerts: `severity`, `rule`, `kpi`, `owner` or a dimension, each one value or a list'),
  continue: flag('what it takes goes to the hooks below it as well; `false`: to none of them', true),
  language: choice('in which its readers read', 'zh-CN', LANGUAGES),
  repeat: duration('told again so often while it fires and nobody has acknowledged; 0: once', '0s'),
  group: object('how people are told of several alerts', {
    by: {
      ...names(
        'what one notice has in common: `rule`, `owner`, `severity` or dimensions',
        { type: 'string', maxLength: 64 },
        6,
      ),
      default: GROUPED_BY,
    },
    wait: duration('followers wait so long for each other; the first and the end leave at once', '5s'),
  }),
  brief: choice('resolved before its first notice left: not told, or told as brief', 'skip', ['skip', 'tell']),
  allow: names('private networks that may be called, as `10.0.0.0/8`', { type: 'string', maxLength: 64 }, 50),
  ca: text('a file of certificates (PEM) to trust besides the usual ones'),
  proxy: secret(`${PROXY_FORM}; that of \`outgoing\` unless given`),
  quiet: object(
    'hours in which what is not urgent waits for their end',
    {
      calendar: { $ref: '#/$defs/id', description: 'of `calendars`: quiet while it is open' },
      except: severities('told all the same: a severity or a list'),
    },
    ['calendar'],
  ),
  escalate: {
    type: 'array',
    description: 'who is told when nobody acknowledges',
    default: [],
    items: object(
      'one step',
      {
        after: duration('since the first notice was accepted', '10m'),
        unless: choice('what stops it', 'acked', ['acked']),
        to: { $ref: '#/$defs/id', description: 'the hook that is told' },
      },
      ['after', 'to'],
    ),
    maxItems: 10,
  },
};

const hook = tagged(
  'where alerts are told',
  Object.fromEntries(
    DESTINATIONS.map(({ kind, fields, required }) => [
      kind,
      { fields: { ...COMMON, ...answerFields(kind), ...fields }, required: ['id', ...required] },
    ]),
  ),
);

const inhibition = object(
  'alerts that mute others',
  {
    source: matchersSchema('while one of these fires …'),
    target: matchersSchema('… these are not told'),
    equal: names('dimensions in which the two must be equal', { type: 'string', maxLength: 64 }, 6),
  },
  ['source', 'target'],
);

export const HOOKS_PART: ConfigPart<readonly HookConfig[]> = {
  fields: {
    hooks: { type: ['array', 'null'], description: 'who is told of alerts', default: [], items: hook, maxItems: 100 },
  },
  read(root, { report }: Checks) {
    const sections = root.sections('hooks');
    reportRepeatedIds(sections, 'hooks', report);
    const ids = new Set(sections.map((section) => section.text('id', '')));
    const calendars = new Set(root.sections('calendars').map((section) => section.text('id', '')));
    const outgoing = readOutgoing(root);
    const kept: Matchers[] = [];
    return sections.flatMap((section) => {
      const unless = [...kept];
      if (!section.flag('continue', true)) kept.push(readMatchers(section.section('for')));
      return readHook(section, { ids, calendars, outgoing, unless }, report);
    });
  },
};

export const INHIBIT_PART: ConfigPart<readonly Inhibition[]> = {
  fields: {
    inhibit: {
      type: ['array', 'null'],
      description: 'alerts that mute others',
      default: [],
      items: inhibition,
      maxItems: 100,
    },
  },
  read: (root) =>
    root.sections('inhibit').map((section) => ({
      source: readMatchers(section.section('source')),
      target: readMatchers(section.section('target')),
      equal: section.strings('equal'),
    })),
};

interface Known {
  readonly ids: ReadonlySet<string>;
  readonly calendars: ReadonlySet<string>;
  readonly outgoing: OutgoingConfig;
  readonly unless: readonly Matchers[];
}

function readHook(
  section: Section,
  { ids, calendars, outgoing, unless }: Known,
  report: Report,
): readonly HookConfig[] {
  const kind = section.text('kind', '');
  const destination = DESTINATIONS.find((one) => one.kind === kind);
  if (destination === undefined) return []; // the schema has named it
  const repeat = section.durationMs('repeat', 0);
  if (repeat !== 0 && repeat < 60_000) report(section.path('repeat'), 'expected at least 1m, or 0 for once');
  const by = section.section('group').strings('by');
  const settings = destination.read(section, report);
  return [
    {
      id: section.text('id', ''),
      kind,
      for: readMatchers(section.section('for')),
      unless,
      language: section.choice('language', LANGUAGES, 'zh-CN'),
      repeat: repeat === 0 ? null : repeat,
      group: {
        by: section.section('group').has('by') ? by : GROUPED_BY,
        wait: section.section('group').durationMs('wait', 5000),
      },
      brief: section.choice('brief', ['skip', 'tell'], 'skip'),
      allow: readNetworks(section, report),
      ca: section.text('ca', null),
      proxy: readProxy(section, destination, settings, outgoing, report),
      quiet: readQuiet(section, calendars, report),
      escalate: section.sections('escalate').map((step) => readStep(step, section.text('id', ''), ids, report)),
      answers: readAnswers(section, kind, report),
      settings,
    },
  ];
}

function readStep(step: Section, own: string, ids: ReadonlySet<string>, report: Report): HookEscalation {
  const to = step.text('to', '');
  step.choice('unless', ['acked'], 'acked'); // the only one there is
  if (step.has('to') && (!ids.has(to) || to === own)) {
    report(step.path('to'), `there is no other hook "${to}" to escalate to`);
  }
  return { after: step.durationMs('after', 600_000), to };
}

/** Its own, else that of all unless its host is called directly. Mail does not speak HTTP. */
function readProxy(
  section: Section,
  destination: Destination,
  settings: unknown,
  outgoing: OutgoingConfig,
  report: Report,
): string | null {
  const own = readProxyAddress(section, report);
  if (destination.kind !== 'email') return own ?? proxyTo(destination.address(settings).url, outgoing);
  if (own !== null) report(section.path('proxy'), 'mail does not go through an HTTP proxy: leave it out');
  return null;
}

function proxyTo(url: string, { proxy, noProxy }: OutgoingConfig): string | null {
  return URL.canParse(url) && isDirect(new URL(url).hostname, noProxy) ? null : proxy;
}

function readQuiet(hook: Section, calendars: ReadonlySet<string>, report: Report): HookConfig['quiet'] {
  if (!hook.has('quiet')) return null;
  const section = hook.section('quiet');
  const calendar = section.text('calendar', '');
  if (section.has('calendar') && !calendars.has(calendar)) {
    report(section.path('calendar'), `there is no calendar "${calendar}": expected the id of one of \`calendars\``);
  }
  return { calendar, except: section.has('except') ? textOrList(section, 'except') : ['critical'] };
}

function readNetworks(section: Section, report: Report): readonly string[] {
  const networks = section.strings('allow');
  networks.forEach((network, i) => {
    if (noProxyEntry(network)?.kind !== 'network')
      report(section.path('allow', i), 'expected an address or a network, as 10.0.0.0/8');
  });
  return networks;
}
