/** What the recipes of CONTRIBUTING.md are tried with: one component of each kind, as a contributor would write it. */
import type { ScratchCopy } from './scratch-copy.ts';

const MEASURE = `import { topShare } from '../aggregates/proportion.ts';
import { number } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { numberWithin, VALUE } from './reading.ts';

export interface AboveConfig {
  readonly kind: 'above';
  readonly value: string;
  readonly limit: number;
}
export const aboveMeasure: Measure<AboveConfig> = {
  kind: 'above',
  about: { en: 'percent of values of a limit and more', 'zh-CN': '达到界限的值的占比' },
  schema: { fields: { value: VALUE, limit: number('from where on') }, required: ['value', 'limit'] },
  parse: ({ section, expression }) => ({ kind: 'above', value: expression('value'), limit: section.number('limit', 0) }),
  aggregate: ({ limit }) => topShare(limit),
  reader: ({ value }, compile) => numberWithin(compile(value), -1e12, 1e12),
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: false,
};
`;
const ORACLE = `import type { AboveConfig } from '../above-measure.ts';
import { numbersIn, percentOf, type Oracle, type Trials } from './oracle-tools.ts';

const oracle: Oracle<AboveConfig> = ({ value, limit }, sample) =>
  percentOf(numbersIn(value, sample), (number) => number >= limit);

export const trials = { above: { oracle, examples: [{ kind: 'above', value: 'data.score', limit: 5 }] } } satisfies Trials;
`;

const OPERATOR = `/**
 * Says when a customer has come for the third time.
 *
 * Lateness: late events count like all others. State size: one number a customer, ten thousand customers at most; the one who
 * came first goes first.
 */
import type { OperatorDef, State } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';

const MAX_CUSTOMERS = 10_000;

export function thirdVisits(): OperatorDef<CxEvent, CxEvent> {
  return {
    name: 'third-visits',
    create(_context, saved = []) {
      const visits = new Map<string, number>();
      for (const part of saved) for (const [key, count] of part as readonly [string, number][]) visits.set(key, count);
      let changed: Map<string, number> = new Map();
      return {
        onEvent(event, _watermark, out) {
          const count = (visits.get(event.key) ?? 0) + 1;
          visits.set(event.key, count);
          changed.set(event.key, count);
          if (count === 3) {
            out.forward({ subject: 'cx.enriched.third.visit.' + event.key, type: 'cx.third.visit', time: event.ts, data: { count } });
          }
          for (const key of visits.keys()) {
            if (visits.size <= MAX_CUSTOMERS) break;
            visits.delete(key);
          }
          out.emit(event);
        },
        delta(): State | undefined {
          if (changed.size === 0) return undefined;
          const taken = [...changed];
          changed = new Map();
          return taken;
        },
        snapshot: () => [[...visits]],
      };
    },
  };
}
`;

const EVENT_TYPE = `import type { EventType } from '../event-type.ts';
import { eventData, id, optionalSeconds } from '../field-forms.ts';

export const visitEnded = {
  type: 'cx.visit.ended',
  about: { en: 'A customer left a store', 'zh-CN': '客户离开了门店' },
  data: eventData({ visit: id, stay_s: optionalSeconds }, ['visit']),
  example: { channel: 'store', customer: { id: 'c-77' }, store: 's1', visit: 'w-4', stay_s: 600 },
} as const satisfies EventType;
`;

const ROUTE = `import { object, ok } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const greetingRoute = {
  method: 'GET',
  path: '/v1/greeting',
  permission: 'read',
  operation: {
    summary: 'Greets whoever asks.',
    answers: { 200: ok('A greeting', object({ hello: { type: 'string' } })) },
  },
  handle: (_context, { principal }) => jsonAnswer(200, { hello: principal.name }),
} as const satisfies RouteSpec;
`;

const COMMAND = `/** \`earshot event-types\`: the types of events that are taken in, one a line. */
import { EVENT_TYPES } from '../../../operators/events/types/event-types.ts';
import type { CliCommand } from './shared/command.ts';

export const command: CliCommand = {
  define: (cli) =>
    cli.action(() => {
      for (const { type, about } of EVENT_TYPES) process.stdout.write(type + ' ' + about.en + '\\n');
    }),
};
`;

/** Follows each recipe, but for what belongs beside it: oracle and access. */
export async function addComponents(copy: ScratchCopy): Promise<void> {
  await copy.add('operators/measures/above-measure.ts', MEASURE);
  await copy.insert(
    'operators/measures/measures.ts',
    'const LIST = [',
    "import { aboveMeasure } from './above-measure.ts';",
    '  aboveMeasure,',
  );
  await copy.add('operators/visits/third-visits.ts', OPERATOR);
  await copy.insert(
    'engine/app/operator-list.ts',
    'const ON_EVENTS: readonly OnEvents[] = [',
    "import { thirdVisits } from '../../operators/visits/third-visits.ts';",
    '  () => thirdVisits(),',
  );
  await copy.add('operators/events/types/visit/visit-ended.ts', EVENT_TYPE);
  await copy.insert(
    'operators/events/types/event-types.ts',
    'export const EVENT_TYPES = [',
    "import { visitEnded } from './visit/visit-ended.ts';",
    '  visitEnded,',
  );
  await copy.add('engine/gateway/routes/health/greeting-route.ts', ROUTE);
  await copy.insert(
    'engine/gateway/routes/routes.ts',
    'export const ROUTES = [',
    "import { greetingRoute } from './health/greeting-route.ts';",
    '  greetingRoute,',
  );
  await copy.add('engine/app/commands/event-types.ts', COMMAND);
  await copy.insert(
    'engine/app/commands/command-list.ts',
    'export const COMMANDS = {',
    "  'event-types': { about: 'the types of events that are taken in', load: () => import('./event-types.ts') },",
  );
}

/** What belongs beside a measure and a route: its oracle, which tests ask for, and its access, without which it does not compile. */
export async function addWhatBelongsBeside(copy: ScratchCopy): Promise<void> {
  await copy.add('operators/measures/testing/above.oracle.ts', ORACLE);
  await copy.insert(
    'engine/gateway/access/access-matrix.integration.test.ts',
    'const ROWS: Readonly<Record<RouteName, Row>> = {',
    "  'GET /v1/greeting': { path: '/v1/greeting', ...READ },",
  );
}
