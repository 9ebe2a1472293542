/** `earshot top [kpi]`: watches a running engine on a terminal: KPIs with their course, open alerts; of one KPI all its keys, worst first. Without a terminal: one screen. */
import { pause } from '../../adapters/nats/nats-connection.ts';
import { EngineError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { KpiDescription, KpiHistory } from '../../core/wire.ts';
import type { CliCommand } from './shared/command.ts';
import { httpAddress } from './shared/option-values.ts';
import { gatewayReader, readStatus, type EngineStatus, type GatewayReader } from './shared/status-report.ts';
import { thenExit, untilStopped } from './shared/stopping.ts';
import type { CoursePoint } from './terminal/course.ts';
import { rowId, topScreen, type TopLang } from './terminal/top-screen.ts';

interface TopOptions {
  readonly url: string;
  readonly token?: string;
  readonly lang?: string;
}

const PAUSE_MS = 1_000;
/** Courses are read again so often. */
const COURSES_MS = 15_000;
/** Of how many rows a course is read: a terminal shows no more. */
const MOST_COURSES = 60;
const CLEAR = '\x1b[2J';
const HOME = '\x1b[H';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_LINE = '\x1b[K';

export const command: CliCommand = {
  define: (cli) =>
    cli
      .argument('[kpi]', 'all its keys, worst first')
      .option('--url <url>', 'of its gateway', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--lang <language>', 'zh-CN or en (default: that of the terminal)')
      .action((kpi: string | undefined, options: TopOptions) => thenExit(top(kpi, options))),
};

/** What was answered last. */
interface Seen {
  readonly status: EngineStatus | null;
  readonly kpis: readonly KpiDescription[];
  readonly courses: ReadonlyMap<string, readonly CoursePoint[]>;
  /** ms since 1970. */
  readonly coursesAt: number;
  /** Since when nothing was answered. */
  readonly oldSince: string | null;
}

async function top(kpi: string | undefined, options: TopOptions): Promise<void> {
  const { signal } = untilStopped();
  const lang = languageOf(options.lang ?? process.env['LC_ALL'] ?? process.env['LANG']);
  const { isTTY } = process.stdout;
  let seen: Seen = { status: null, kpis: [], courses: new Map(), coursesAt: -Infinity, oldSince: null };
  if (isTTY) process.stdout.write(CLEAR);
  while (!signal.aborted) {
    try {
      seen = await look(options, kpi, seen);
    } catch (thrown) {
      // Goes on while the engine does not answer: that is what somebody watches for.
      if (!isTTY || !(thrown instanceof EngineError) || thrown.kind !== 'io') throw thrown;
      seen = { ...seen, oldSince: seen.status?.at ?? null };
    }
    const one = kpi === undefined || seen.status === null ? null : oneOf(seen.kpis, kpi);
    const { columns, rows } = isTTY ? process.stdout : { columns: 160, rows: Infinity };
    const screen = topScreen({ ...seen, url: options.url, lang, one, columns, rows });
    if (!isTTY) return void process.stdout.write(screen);
    process.stdout.write(`${HOME}${screen.replaceAll('\n', `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`);
    await pause(PAUSE_MS, signal).catch(() => undefined); // stopped meanwhile
  }
}

async function look(
  { url, token = process.env['EARSHOT_TOKEN'] }: TopOptions,
  kpi: string | undefined,
  before: Seen,
): Promise<Seen> {
  const reader = gatewayReader(url, token);
  const [status, kpis] = await Promise.all([readStatus(url, token), reader<readonly KpiDescription[]>('/v1/kpis')]);
  // It is starting, and says so itself.
  if (kpis === null) return { ...before, status, oldSince: null };
  const at = Date.parse(status.at);
  const isDue = at - before.coursesAt >= COURSES_MS;
  const { courses, coursesAt } = isDue ? { courses: await readCourses(reader, kpis, kpi), coursesAt: at } : before;
  return { status, kpis, courses, coursesAt, oldSince: null };
}

function languageOf(asked: string | undefined): TopLang {
  return /^zh/i.test(asked ?? '') ? 'zh-CN' : 'en'; // nothing set
}

function oneOf(kpis: readonly KpiDescription[], id: string): KpiDescription {
  const found = kpis.find((kpi) => kpi.id === id);
  if (found !== undefined) return found;
  const ids = kpis.map((kpi) => kpi.id);
  throw new EngineError('USAGE_INVALID', [`there is no KPI ${JSON.stringify(id)}${didYouMean(id, ids)}`]);
}

/** Final and present windows, oldest first. */
async function readCourses(
  reader: GatewayReader,
  kpis: readonly KpiDescription[],
  only: string | undefined,
): Promise<ReadonlyMap<string, readonly CoursePoint[]>> {
  const courses = new Map<string, CoursePoint[]>();
  const shown = kpis.filter(({ id }) => only === undefined || id === only).slice(0, MOST_COURSES);
  for (const { id } of shown) {
    const query = only === undefined ? '' : '?key=*';
    const history = await reader<KpiHistory>(`/v1/kpis/${encodeURIComponent(id)}/history${query}`);
    for (const { key, window, value } of history?.values ?? []) {
      // it is starting
      const row = rowId(id, key);
      const points = courses.get(row) ?? []; // its first
      points.push({ t: Date.parse(window.end), v: value });
      courses.set(row, points);
    }
  }
  return courses;
}
