/**
 * What one rule makes of one key, from verdicts and the passing of event time alone. No messages, no state beyond the track.
 *
 *          breach               breach for `forMs`            calm
 *     ok ─────────► pending ────────────────────► firing ◄───────────► recovering
 *      │               │                            ▲ │     breach, or      │
 *      │               │ calm, between              │ │     between for     │ calm for `keepFiringForMs`
 *      │               ▼                            │ │ `keepFiringForMs`   ▼
 *      │            resolved                        │ └──────────────► resolved
 *      └──────────── breach, `forMs` is 0 ──────────┘  calm, `keepFiringForMs` is 0
 *
 * no_data counts as calm, as breach or as no verdict at all, by `onNoData`. A resolved key is forgotten, or starts again at
 * ok where its silence would be a breach.
 */
import type { AlertState } from '../../engine/core/wire.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { RuleConfig } from './rules-config.ts';

/** breach: `fire` holds · calm: `recover` holds · between: neither · no_data: silence, or too few observations. */
export type Verdict = 'breach' | 'calm' | 'between' | 'no_data';
export type OpenState = Exclude<AlertState, 'resolved'>;

/** What the state machine keeps of a key. Plain data, changed in place. */
export interface Episode {
  /** ok only while the key is followed because its silence would be a breach. */
  state: OpenState | 'ok';
  /** When the breach began. */
  since: Millis;
  /** While recovering: whether `recover` holds, or neither it nor `fire`; and since when. */
  holds: 'calm' | 'between';
  holdsSince: Millis;
  /** Of the last judgement; null: it has to be judged again before anything else happens. */
  verdict: Verdict | null;
  flaps: number;
}

export interface Change {
  readonly from: AlertState | null;
  readonly to: AlertState;
}

export type Timing = Pick<RuleConfig, 'forMs' | 'keepFiringForMs' | 'onNoData'>;

/** What silence counts as; undefined: it changes nothing. */
function meaning(verdict: Verdict, rule: Timing): Exclude<Verdict, 'no_data'> | undefined {
  if (verdict !== 'no_data') return verdict;
  return rule.onNoData === 'ok' ? 'calm' : rule.onNoData === 'fire' ? 'breach' : undefined;
}

/** Takes a judgement at `at` in; returns the change of state it makes, at most one. */
export function judge(episode: Episode, verdict: Verdict, at: Millis, rule: Timing): Change | undefined {
  episode.verdict = verdict;
  const means = meaning(verdict, rule);
  if (means === undefined) return undefined;
  switch (episode.state) {
    case 'ok':
      if (means !== 'breach') return undefined;
      episode.since = at;
      episode.state = rule.forMs === 0 ? 'firing' : 'pending';
      return { from: null, to: episode.state };
    case 'pending':
      if (means !== 'breach') return { from: 'pending', to: 'resolved' };
      if (at - episode.since < rule.forMs) return undefined;
      episode.state = 'firing';
      return { from: 'pending', to: 'firing' };
    case 'firing':
      if (means !== 'calm') return undefined;
      if (rule.keepFiringForMs === 0) return { from: 'firing', to: 'resolved' };
      episode.holds = 'calm';
      episode.holdsSince = at;
      episode.state = 'recovering';
      return { from: 'firing', to: 'recovering' };
    case 'recovering':
      if (means !== 'breach') {
        if (means !== episode.holds) {
          // Around the threshold nothing is reported: the time only starts again.
          episode.holds = means;
          episode.holdsSince = at;
        }
        if (at - episode.holdsSince < rule.keepFiringForMs) return undefined;
        if (means === 'calm') return { from: 'recovering', to: 'resolved' };
      }
      episode.flaps += 1;
      episode.state = 'firing';
      return { from: 'recovering', to: 'firing' };
  }
}

/** When what holds now will have held long enough to change the state; undefined: it will not by itself. */
export function holdsUntil(episode: Episode, rule: Timing): Millis | undefined {
  if (episode.verdict === null) return undefined;
  const means = meaning(episode.verdict, rule);
  if (episode.state === 'pending' && means === 'breach') return episode.since + rule.forMs;
  if (episode.state === 'recovering' && means === episode.holds) return episode.holdsSince + rule.keepFiringForMs;
  return undefined;
}
