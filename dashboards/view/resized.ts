/** Who wants to know how large a part of the page has become. One observer for all: what they read is read before any of them writes, so that the browser lays the page out once. */
const lookers = new WeakMap<Element, () => () => void>();
let observer: ResizeObserver | null = null;

/** @param look reads the page, and gives back what then writes to it. */
export function onResize(node: Element, look: () => () => void): void {
  observer ??= new ResizeObserver(notify);
  lookers.set(node, look);
  observer.observe(node);
}

function notify(entries: readonly ResizeObserverEntry[], by: ResizeObserver): void {
  const writes = entries.flatMap(({ target }) => {
    // What has left the page does not come back, and would be kept.
    if (!target.isConnected) by.unobserve(target);
    const look = lookers.get(target);
    return look === undefined || !target.isConnected ? [] : [look()];
  });
  for (const write of writes) write();
}
