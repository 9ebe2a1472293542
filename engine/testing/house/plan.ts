/**
 * The plan of the house: which rooms there are, what each may import (types counted), and the bounds a file keeps.
 * plan.test.ts holds it against the code; CONTRIBUTING.md's table is generated from it.
 */

export interface Room {
  /** A folder from the root, with its slash. The longest that fits a file is its room. */
  readonly folder: string;
  readonly holds: string;
  /** Rooms of this repository that its files may import, besides itself. */
  readonly own: readonly string[];
  /** npm packages and `node:` modules. */
  readonly packages: boolean;
  /** Neither clock, timers, randomness nor the process: all of that is handed in. */
  readonly pure?: true;
}

const ALL = ['engine/', 'operators/', 'models/'];

export const ROOMS: readonly Room[] = [
  {
    folder: 'engine/core/',
    holds: 'types, chain, watermark, errors, assertions, metrics, CloudEvents, the wire protocol',
    own: [],
    packages: false,
    pure: true,
  },
  {
    folder: 'engine/runtime/',
    holds: 'one partition: driver, loop, commits, recovery; which partitions are mine',
    own: ['engine/core/'],
    packages: false,
  },
  {
    folder: 'engine/live/',
    holds: 'what boards are sent: hub, cursors, the state of the board',
    own: ['engine/core/'],
    packages: false,
    pure: true,
  },
  {
    folder: 'engine/delivery/',
    holds: 'hooks: what each still has to tell, in which order, when to try again',
    own: ['engine/core/'],
    packages: false,
    pure: true,
  },
  {
    folder: 'engine/gateway/',
    holds: 'HTTP and WebSocket: servers, routes, access, documents, metrics',
    own: ['engine/core/', 'engine/live/'],
    packages: true,
  },
  {
    folder: 'engine/adapters/',
    holds: 'one outside system a file: NATS, files, workers, configuration, logs',
    own: ['engine/core/', 'engine/delivery/records.ts'],
    packages: true,
  },
  {
    folder: 'engine/app/',
    holds: 'where everything meets: how an engine starts, the commands, the demo, set-up',
    own: [...ALL],
    packages: true,
  },
  {
    folder: 'engine/testing/',
    holds:
      'for authors of operators and adapters: harness, in-memory ports, conformance suites; end-to-end tests; the tests of the house',
    own: [...ALL, 'bench/', 'dashboards/'],
    packages: true,
  },
  {
    folder: 'operators/',
    holds: 'what is computed: events, windows, measures, KPIs, rules',
    own: ['engine/core/', 'models/'],
    packages: false,
    pure: true,
  },
  {
    folder: 'models/',
    holds: 'one folder a model: card, training, evaluation, `.onnx`; what runs them',
    own: ['engine/core/'],
    packages: true,
  },
  {
    folder: 'dashboards/',
    holds: 'the wall-board and its pages, the typed client: connection, pure state, DOM; uPlot draws courses',
    own: ['engine/core/wire.ts', 'engine/core/must.ts', 'engine/core/compact/'],
    packages: true,
  },
  {
    folder: 'bench/',
    holds: 'what is measured, with the results as the runs wrote them',
    own: [...ALL],
    packages: true,
  },
];

export const MOST_LINES = 300;
export const MOST_FUNCTION_LINES = 70;
export const MOST_FILES = 25;

/** What the root holds: folders, configuration, documents. No source. */
export const ROOT_FILES = /^(\.[\w.]+|[A-Z][\w.-]*\.md|[\w.-]+\.(json|ya?ml)|(eslint|vitest)\.config\.(js|ts))$/;

export function roomOf(path: string): Room | undefined {
  return ROOMS.filter(({ folder }) => path.startsWith(folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** The table of CONTRIBUTING.md. */
export function roomsTable(): string {
  const rows = ROOMS.map(({ folder, holds, own, packages, pure }) => {
    const mayImport = ALL.every((room) => own.includes(room))
      ? 'all'
      : own.map((room) => `\`${room}\``).join(', ') || 'nothing';
    return `| \`${folder}\` | ${holds} | ${mayImport} | ${packages ? 'yes' : 'no'} | ${pure ? 'yes' : ''} |`;
  });
  return ['| room | what lives there | may import | packages, Node | pure |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
