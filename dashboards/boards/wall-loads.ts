/**
 * What the overview asks for over HTTP beside its live values: events a second, how each KPI stood a day before, and of the alert that
 * takes the wall its course, its rule's limits and who was notified. What does not come is left out, and asked for again.
 */
import type { KpiDescription, KpiMessage, NoticeNote, RuleDescription } from '../../engine/core/wire.ts';
import type { PageClient } from '../line/page-client.ts';
import { NO_VALUES, keyId, withHistory, type Key, type Point } from '../model/kpi-values.ts';
import { INCIDENT_MS, type IncidentKnown } from '../model/overview/incident.ts';
import type { WallAlerts } from '../model/overview/wall-alerts.ts';
import { sizeOf, stepOf } from '../model/pages/chart-points.ts';
import { eventRate, type EventRate } from '../pages/event-rate.ts';
import { refreshed, type Refreshed } from '../pages/refreshed.ts';
import type { WallKnown } from '../view/wall.ts';

export interface WallLoadsOptions {
  readonly client: PageClient;
  readonly kpis: readonly KpiDescription[];
  readonly slice: Key;
  /** The server's time, as well as it is known. */
  readonly now: () => number;
  readonly onChange: () => void;
}

const RATE_EVERY_MS = 15_000;
const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 30 * 60_000;
const DAY_BEFORE_EVERY_MS = 10 * 60_000;
const DAY_BEFORE_STEP_MS = 60_000;
const COURSE_EVERY_MS = 20_000;
const NOTICES_EVERY_MS = 20_000;
/** An alert is painted before more of it is asked for; one that another displaces before that, not at all. */
const SETTLED_MS = 300;
const NO_COURSES: ReadonlyMap<string, readonly Point[]> = new Map();
const NO_RULES: readonly RuleDescription[] = [];
const NO_NOTICES: readonly NoticeNote[] = [];
const NOTHING: IncidentKnown = { rules: NO_RULES, course: null, notices: NO_NOTICES };

interface IncidentLoads {
  readonly alert: string;
  readonly course: Refreshed<readonly KpiMessage[]> | null;
  readonly notices: Refreshed<readonly NoticeNote[]>;
}

export class WallLoads implements WallKnown {
  readonly #options: WallLoadsOptions;
  readonly #rate: EventRate;
  readonly #dayBefore: Refreshed<ReadonlyMap<string, readonly Point[]>>;
  #rules: Refreshed<readonly RuleDescription[]> | null = null;
  #incident: IncidentLoads | null = null;

  constructor(options: WallLoadsOptions) {
    const { client, now, onChange } = options;
    this.#options = options;
    this.#rate = eventRate(
      client,
      () => now(),
      () => onChange(),
      RATE_EVERY_MS,
    );
    this.#dayBefore = refreshed(
      () => this.#loadDayBefore(),
      DAY_BEFORE_EVERY_MS,
      () => onChange(),
    );
  }

  get rate(): number | null {
    return this.#rate();
  }
  get dayBefore(): ReadonlyMap<string, readonly Point[]> {
    return this.#dayBefore.value ?? NO_COURSES; // not read yet
  }

  incidentOf({ lead }: WallAlerts): IncidentKnown {
    const message = lead?.message;
    if (message?.alert !== this.#incident?.alert) this.#leave();
    if (message === undefined) return NOTHING;
    const { client, onChange } = this.#options;
    const changed = (): void => onChange();
    this.#rules ??= refreshed(() => client.rules(), null, changed);
    this.#incident ??= {
      alert: message.alert,
      course:
        message.kpi === ''
          ? null
          : refreshed(() => this.#loadCourse(message.kpi, message.key), COURSE_EVERY_MS, changed, SETTLED_MS),
      notices: refreshed(() => this.#loadNotices(message.alert, message.since), NOTICES_EVERY_MS, changed, SETTLED_MS),
    };
    return {
      rules: this.#rules.value ?? NO_RULES, // not read yet
      course: this.#incident.course?.value ?? null,
      notices: this.#incident.notices.value ?? NO_NOTICES, // not read yet
    };
  }

  stop(): void {
    this.#rate.stop();
    this.#dayBefore.stop();
    this.#rules?.stop();
    this.#leave();
  }

  #leave(): void {
    this.#incident?.course?.stop();
    this.#incident?.notices.stop();
    this.#incident = null;
  }

  async #loadDayBefore(): Promise<ReadonlyMap<string, readonly Point[]>> {
    const { client, kpis, slice, now } = this.#options;
    const at = now() - DAY_MS;
    const span = { from: at - HALF_HOUR_MS, to: at + DAY_BEFORE_EVERY_MS };
    const courses = new Map<string, readonly Point[]>();
    for (const kpi of kpis) {
      const { values } = await client.course(kpi.id, slice, span, Math.max(DAY_BEFORE_STEP_MS, sizeOfStep(kpi)));
      courses.set(kpi.id, withHistory(NO_VALUES, values, keyId(slice)).points);
    }
    return courses;
  }

  async #loadCourse(kpi: string, key: Key): Promise<readonly KpiMessage[]> {
    const { client, kpis, now } = this.#options;
    const span = { from: now() - INCIDENT_MS, to: now() };
    const step = stepOf(span, kpis.find(({ id }) => id === kpi)?.window);
    return (await client.course(kpi, key, span, step)).values;
  }

  async #loadNotices(alert: string, since: string): Promise<readonly NoticeNote[]> {
    const { client, now } = this.#options;
    const past = await client.past({ from: Date.parse(since) - HALF_HOUR_MS, to: now() + HALF_HOUR_MS }, alert);
    return past.notices;
  }
}

/** Windows that come less often than once a minute come as they are. */
function sizeOfStep({ window }: KpiDescription): number {
  const isTumbling = typeof window === 'object' && window !== null && 'kind' in window && window['kind'] === 'tumbling';
  return isTumbling ? (sizeOf(window) ?? 0) : 0; // a window without a size ends when it likes
}
