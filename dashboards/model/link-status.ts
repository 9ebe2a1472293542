/** What the header's chip and the banner say about the connection and the engine. Pure. */
import { CLOSE } from '../../engine/core/wire.ts';
import { serverNow, type BoardState } from './board.ts';
import { formatInstant, formatSpan } from './format.ts';
import { degradedWords } from './health/degraded-words.ts';
import { healthWords } from './health/health-words.ts';
import type { Liveness } from './liveness.ts';
import { fill, TEXTS } from './strings.ts';
import type { TileView, Tone } from './tile-model.ts';

export interface LinkStatus {
  readonly tone: Tone;
  readonly chip: string;
  /** Over the tiles, for all to see; empty: none. */
  readonly banner: string;
  /** At the foot, over nothing that moves: why the engine is not ready, or what is amiss though it is; empty: nothing. */
  readonly strip: string;
}
/** A screen that just started is not in trouble yet. */
const START_GRACE_MS = 4000;

export function linkStatus(live: Liveness, state: BoardState, view: TileView): LinkStatus {
  const texts = TEXTS[view.lang];
  const now = serverNow(state);
  const instant = (at: number): string => formatInstant(at, now, view.zone, view.lang);
  switch (live.kind) {
    case 'live':
      return {
        ...{ tone: 'ok', chip: texts.linkLive, banner: '' },
        strip: degradedWords(state.health?.degraded ?? [], view.lang), // left out: nothing
      };
    case 'connecting': {
      const slow = state.link.phase === 'lost' || state.now - state.link.at > START_GRACE_MS;
      return { tone: 'warn', chip: texts.linkConnecting, banner: slow ? texts.bannerConnecting : '', strip: '' };
    }
    case 'reconnecting':
      return { tone: 'warn', chip: texts.linkReconnecting, banner: '', strip: '' };
    case 'stale': {
      const values = {
        time: instant(live.since),
        age: fill(texts.ageOf, { age: formatSpan(now - live.since, view.lang) }),
      };
      return { tone: 'breach', chip: texts.linkStale, banner: fill(texts.bannerStale, values), strip: '' };
    }
    case 'behind': {
      const banner = live.halted ? texts.bannerHalted : texts.bannerBehind;
      const values = { lag: formatSpan(live.lagMs, view.lang), time: instant(live.asOf) };
      return { tone: 'warn', chip: texts.linkBehind, banner: fill(banner, values), strip: '' };
    }
    case 'notReady': {
      const reasons = healthWords(live.reasons, view.lang);
      return { tone: 'warn', chip: texts.linkNotReady, banner: '', strip: fill(texts.stripNotReady, { reasons }) };
    }
    case 'refused': {
      const values = { code: live.code, reason: live.reason };
      const banner = fill(texts.bannerRefused, values);
      const askTicket = live.code.startsWith(String(CLOSE.unauthorized));
      return {
        tone: 'breach',
        chip: texts.linkRefused,
        banner: askTicket ? `${banner} / ${texts.bannerAskTicket}` : banner,
        strip: '',
      };
    }
  }
}
