/** Keeps the screen awake while the page is seen. The lock is lost whenever the page is hidden, so it is asked for again. */
export function keepAwake(page: Document, wakeLock: WakeLock | undefined): void {
  if (wakeLock === undefined) return; // needs HTTPS or loopback, and a browser that has it
  const ask = (): void => {
    if (page.visibilityState !== 'visible') return;
    wakeLock.request('screen').catch(() => undefined); // refused on low battery or by policy: the screen may sleep then
  };
  page.addEventListener('visibilitychange', ask);
  ask();
}
