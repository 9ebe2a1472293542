/** What silences and other alerts mute, as it stands now. */
import type { AlertMessage } from '../core/wire.ts';

export interface Mutes {
  readonly isMuted: (message: AlertMessage) => boolean;
  /** Another one whenever something that was muted may no longer be. */
  readonly version: number;
}
