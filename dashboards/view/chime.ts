/** A short tone for a new grave alert. Off until someone presses: browsers ask for that, and so does the room. */
import type { SoundState } from './wall-frame.ts';

export interface Chime {
  readonly state: SoundState;
  /** On at once where the browser lets it without a press; `onArmed` then. Else it waits for one. */
  arm(onArmed: () => void): void;
  /** unarmed → on → off → on … Only to be called from a press of a button. */
  press(): void;
  ring(): void;
}

const TONES_HZ = [660, 880];
const TONE_S = 0.18;
const VOLUME = 0.2;

export function chime(makeContext: () => AudioContext = () => new AudioContext()): Chime {
  let context: AudioContext | null = null;
  let state: SoundState = 'unarmed';
  const play = (to: AudioContext): void => {
    TONES_HZ.forEach((frequency, index) => {
      const start = to.currentTime + index * TONE_S;
      const oscillator = new OscillatorNode(to, { frequency });
      const gain = new GainNode(to, { gain: 0 });
      gain.gain.setValueAtTime(VOLUME, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
      oscillator.connect(gain).connect(to.destination);
      oscillator.start(start);
      oscillator.stop(start + TONE_S);
    });
  };
  return {
    get state() {
      return state;
    },
    arm(onArmed) {
      context ??= makeContext();
      const isAllowed = context.resume();
      // Refused: a press arms it later.
      void isAllowed.then(
        () => {
          if (state === 'unarmed') state = 'on';
          onArmed();
        },
        () => undefined,
      );
    },
    press() {
      context ??= makeContext();
      void context.resume().catch(() => undefined); // refused: it stays silent
      state = state === 'on' ? 'off' : 'on';
      if (state === 'on') play(context);
    },
    ring() {
      if (state === 'on' && context !== null) play(context);
    },
  };
}
