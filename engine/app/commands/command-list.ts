/**
 * All commands, by name, with a line of help. Each is loaded when it is named, so that one that reads no events
 * starts fast. A command is added by a file here and an entry in this list; command-list.test.ts holds that none is forgotten.
 */
import type { ListedCommand } from './shared/command.ts';

export const COMMANDS = {
  run: {
    about: 'the engine and the gateway against nats.servers, or an embedded nats-server when none is named',
    load: () => import('./run.ts'),
  },
  demo: {
    about:
      'what `npm start` runs: embedded NATS, the engine, the wall-board, and real customer feedback as live events',
    load: () => import('./demo.ts'),
  },
  process: {
    about: 'the same pipeline over a file: no NATS, no network, event time only; the same input gives the same bytes',
    load: () => import('./process.ts'),
  },
  replay: {
    about: 'publishes a file of events (one CloudEvent a line) to the input subjects',
    load: () => import('./replay.ts'),
  },
  score: {
    about: 'scores one text a line from stdin; one JSON line each on stdout',
    load: () => import('./score.ts'),
  },
  validate: {
    about: 'checks configurations: each fault with its line, where it is and what was expected',
    load: () => import('./validate.ts'),
  },
  schema: {
    about: 'prints the JSON Schema of the configuration, for editors',
    load: () => import('./schema.ts'),
  },
  completion: {
    about: 'prints what bash, zsh or fish needs to complete commands and options',
    load: () => import('./completion.ts'),
  },
  calendar: {
    about: 'the working hours of days by a calendar, with holidays and make-up days',
    load: () => import('./calendar.ts'),
  },
  import: {
    about: 'the rows of a CSV file as events, into a file or the broker',
    load: () => import('./import.ts'),
  },
  sources: {
    about: "test <id> <file>: what becomes of a tool's message under the map of a source; list",
    load: () => import('./sources.ts'),
  },
  facts: {
    about: 'load <file.csv>: customers and the like, that events are joined with; list; get <fact> <key>',
    load: () => import('./facts.ts'),
  },
  status: {
    about: 'health, lag, throughput and open alerts of a running engine',
    load: () => import('./status.ts'),
  },
  top: {
    about: 'watches a running engine: KPIs with their course, open alerts; top <kpi>: all its keys, worst first',
    load: () => import('./top.ts'),
  },
  reload: {
    about: 'a running engine reads its configuration again, and says what it took up and what needs a restart',
    load: () => import('./reload.ts'),
  },
  hooks: {
    about: 'list: how the hooks of a running engine do; test <id>: sends one a test notice and says what it answers',
    load: () => import('./hooks.ts'),
  },
  audit: {
    about: 'verify: proves the audit whole, or names the first entry that is not',
    load: () => import('./audit.ts'),
  },
  dlq: {
    about: 'open: dead letters with what they keep of the originals, unsealed; who read them is in the audit',
    load: () => import('./dlq.ts'),
  },
  'nats-config': {
    about: 'prints what nats-server needs in its configuration for several partitions',
    load: () => import('./nats-config.ts'),
  },
} satisfies Readonly<Record<string, ListedCommand>>;
