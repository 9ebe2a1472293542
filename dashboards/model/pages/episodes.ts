/** Alerts from their first sign to their end: what the changes of many say, put together. Pure. */
import type { AlertMessage } from '../../../engine/core/wire.ts';

export interface Episode {
  /** As it stands, or ended. */
  readonly message: AlertMessage;
  /** When it fired first (event time, ms); null: not, or before what is known. */
  readonly firedAt: number | null;
  /** null: it is open. */
  readonly endedAt: number | null;
  /** The value furthest beyond its limit; null: none was known. */
  readonly peak: number | null;
}

/** @param isWorse whether a value is further off than another. */
export function episodesOf(
  changes: readonly AlertMessage[],
  isWorse: (kpi: string, value: number, than: number) => boolean,
): ReadonlyMap<string, Episode> {
  const episodes = new Map<string, Episode>();
  for (const message of [...changes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const before = episodes.get(message.alert);
    const { kpi, state, value } = message;
    const peak = before?.peak ?? null;
    const isPeak = value !== null && state !== 'resolved' && (peak === null || isWorse(kpi, value, peak));
    episodes.set(message.alert, {
      message,
      firedAt: before?.firedAt ?? (state === 'firing' ? Date.parse(message.at) : null),
      endedAt: state === 'resolved' ? Date.parse(message.at) : null,
      peak: isPeak ? value : peak,
    });
  }
  return episodes;
}

/** It was watched and came to nothing: no alert, so never "resolved". */
export function isFalseStart({ firedAt, message }: Episode): boolean {
  return message.state === 'resolved' && firedAt === null && message.previous === 'pending';
}
