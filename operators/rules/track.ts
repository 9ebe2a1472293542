/** What a rule keeps of one key it follows: the episode, and the last value it was judged by. */
import type { Millis, State } from '../../engine/core/types.ts';
import type { Acknowledgement, AlertMessage } from '../../engine/core/wire.ts';
import type { KpiValue } from '../shared/messages.ts';
import type { Episode } from './episode.ts';
import type { Past } from './history/window-history.ts';
import type { WindowSteps } from './window-step.ts';

const MAX_SAMPLES = 3;
const MAX_QUOTE = 200;

/** Plain data, changed in place. */
export interface Track extends Episode {
  alert: string;
  key: Readonly<Record<string, string>>;
  /** Of the last judgement; never goes back. */
  at: Millis;
  /** When the next window would have had to report; null: its silence was already judged. */
  silentAt: Millis | null;
  value: number | null;
  n: number;
  interval: readonly [number, number] | null;
  start: Millis;
  end: Millis;
  samples: readonly string[];
  /** What was usual, where the rule compares with it. */
  baseline?: number;
  /** Severities on whose subjects this episode was announced: a configuration may have changed in between. */
  announced: readonly string[];
  acked: Acknowledgement | null;
  /** For which moment the heap holds a deadline; not saved. */
  queuedAt: Millis;
}

export const FRESH: Track = {
  state: 'ok',
  since: 0,
  holds: 'calm',
  holdsSince: 0,
  verdict: null,
  flaps: 0,
  alert: '',
  key: {},
  at: 0,
  silentAt: null,
  value: null,
  n: 0,
  interval: null,
  start: 0,
  end: 0,
  samples: [],
  announced: [],
  acked: null,
  queuedAt: Infinity,
};

/** A key that has not spoken yet: silent from the end of this window on. */
export function expectedTrack(key: Track['key'], start: Millis, end: Millis): Track {
  return { ...FRESH, key, start, end, silentAt: end };
}

/** Takes the facts of a new value in. */
export function refresh(track: Track, value: KpiValue, steps: WindowSteps, past?: Past): Track {
  if (past?.baseline !== undefined) track.baseline = past.baseline;
  track.value = value.value;
  track.n = value.n;
  track.interval = value.interval;
  track.start = value.window.start;
  track.end = value.window.end;
  track.silentAt = steps.endAfter(Math.max(value.window.end, value.at));
  if (value.samples !== undefined) track.samples = value.samples.slice(0, MAX_SAMPLES).map(quote);
  return track;
}

function quote(text: string): string {
  if (text.length <= MAX_QUOTE) return text;
  // Not within a surrogate pair.
  const end = (text.charCodeAt(MAX_QUOTE - 1) & 0xfc00) === 0xd800 ? MAX_QUOTE - 1 : MAX_QUOTE;
  return `${text.slice(0, end)}…`;
}

export function encodeTrack(track: Track): State {
  const { queuedAt: _, acked, ...saved } = track;
  return { ...saved, acked: acked === null ? null : { ...acked } };
}
export function decodeTrack(saved: State): Track | null {
  return saved === null ? null : { ...FRESH, ...(saved as unknown as Track), queuedAt: Infinity };
}

/** Where an open alert was announced: state from before this was kept knows only where its last message went. */
export function announcedOf(saved: Track['announced'] | undefined, message: AlertMessage): Track['announced'] {
  return saved === undefined || saved.length === 0 ? [message.severity] : saved;
}
