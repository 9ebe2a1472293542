/**
 * The pulse of an alert that has just begun: one a second for as long as it is fresh, in two steps. A fading would have the browser paint
 * the whole alert sixty times a second, which without a graphics card takes half a core just while the next one is to be painted.
 */
import { setAttribute } from './element.ts';

const STEP_MS = 500;

export function pulse(node: HTMLElement): (isFresh: boolean) => void {
  let timer: ReturnType<typeof setInterval> | null = null;
  let isLit = false;
  const light = (lit: boolean): void => {
    isLit = lit;
    setAttribute(node, 'data-lit', String(lit));
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    light(false);
  };
  return (isFresh) => {
    setAttribute(node, 'data-pulse', String(isFresh));
    if (isFresh === (timer !== null)) return;
    if (!isFresh) {
      stop();
      return;
    }
    light(true);
    // What another alert has displaced does not go on.
    timer = setInterval(() => (node.isConnected ? light(!isLit) : stop()), STEP_MS);
  };
}
