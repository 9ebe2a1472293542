/** The courses beside the rows of alerts: the last hour of what is open, what is over from before it began to after its end. */
import type { KpiMessage } from '../../engine/core/wire.ts';
import type { KpiCourse, PageClient, Span } from '../line/page-client.ts';
import { extentOf, pointsOf, stepOf } from '../model/pages/chart-points.ts';
import type { Episode } from '../model/pages/episodes.ts';
import type { WordsView } from '../model/pages/alert-words.ts';
import { smallCourse } from '../view/pages/small-course.ts';
import { refreshed, type Refreshed } from './refreshed.ts';

const HOUR_MS = 3_600_000;
const BESIDE_MS = 15 * 60_000;
const EVERY_MS = 60_000;
/** More are not asked for: the worst come first. */
const MOST = 12;

export function rowCourses(
  client: PageClient,
  dirty: () => void,
): (episode: Episode, view: WordsView, now: KpiMessage | null) => SVGElement | null {
  const loads = new Map<string, Refreshed<KpiCourse>>();
  return (episode, view, current) => {
    const { message, endedAt } = episode;
    if (message.kpi === '') return null; // of a rule over events
    const kpi = view.kpis.find(({ id }) => id === message.kpi);
    const span = (): Span =>
      endedAt === null
        ? { from: view.now - HOUR_MS, to: view.now }
        : { from: Date.parse(message.since) - BESIDE_MS, to: endedAt + BESIDE_MS };
    const step = stepOf(span(), kpi?.window) * 2;
    let load = loads.get(message.alert);
    if (load === undefined) {
      if (loads.size >= MOST) return null;
      const asked = { ...span(), to: span().to + EVERY_MS };
      load = refreshed(
        () => client.course(message.kpi, message.key, asked, step),
        endedAt === null ? EVERY_MS : null,
        dirty,
      );
      loads.set(message.alert, load);
    }
    const values = [...(load.value?.values ?? []), ...(current === null ? [] : [current])]; // not read yet
    const points = pointsOf(values, span(), step);
    if (points.length < 2) return null;
    const extent = extentOf(
      points.map(({ v }) => v),
      kpi?.unit === 'percent',
    );
    const isAlarmed = message.state === 'firing' && !message.silenced;
    return smallCourse(points, step, { span: span(), extent, target: null, isAlarmed, width: 540 });
  };
}
