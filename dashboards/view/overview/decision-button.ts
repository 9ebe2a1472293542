/** A button by which somebody takes an alert or gives it back: what came of it stands on the button; who may not loses it. */
import type { AckOutcome } from '../../line/gateway-client.ts';
import { element, setAttribute, setShown, setText } from '../element.ts';

/** null: nobody decides here. */
export type Decide = Readonly<Record<'ack' | 'unack', (alert: string) => Promise<AckOutcome>>> | null;
export interface DecisionButton {
  readonly root: HTMLElement;
  show(isWanted: boolean, label: string): void;
}

/** `press`: null where nobody decides. */
export function decisionButton(
  name: string,
  text: string,
  failed: string,
  press: (() => Promise<AckOutcome>) | null,
): DecisionButton {
  const root = element('button', `button ${name}`, [], { type: 'button' });
  // A role that may decide may still lack the scope for this alert.
  let mayPress = press !== null;
  let isWanted = false;
  const onPress = async (): Promise<void> => {
    root.disabled = true;
    const outcome = (await press?.()) ?? 'forbidden';
    root.disabled = outcome === 'done';
    if (outcome === 'failed') setText(root, failed);
    if (outcome === 'forbidden') mayPress = false;
    setShown(root, isWanted && mayPress);
  };
  root.addEventListener('click', () => void onPress());
  setText(root, text);
  return {
    root,
    show(wanted, label) {
      // It comes back after somebody has decided the other way: as it was at first.
      if (wanted && !isWanted) {
        root.disabled = false;
        setText(root, text);
      }
      isWanted = wanted;
      setShown(root, wanted && mayPress);
      setAttribute(root, 'aria-label', label);
    },
  };
}
