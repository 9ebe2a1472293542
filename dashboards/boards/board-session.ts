/** A board that is shown: takes what comes over the line, keeps the state, draws it at most once a frame. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import type { BoardDescription, GatewayClient } from '../line/gateway-client.ts';
import { LiveSocket, type LiveSocketOptions } from '../line/live-socket.ts';
import { emptyBoard, nextBoard, resumePosition, serverNow, type BoardEvent, type BoardState } from '../model/board.ts';
import type { Settings } from '../model/settings.ts';
import { isGrave } from '../model/tile-model.ts';
import { chime } from '../view/chime.ts';
import { wall, type Wall, type WallOptions } from '../view/wall.ts';

const MAX_HZ = 4;
const HISTORY_MS = 30 * 60_000;
const HISTORY_RETRY_MS = 2000;
const HISTORY_RETRY_MOST_MS = 60_000;

export interface BoardSessionOptions {
  readonly client: GatewayClient;
  readonly settings: Settings;
  readonly description: BoardDescription;
  /** Those with a tile; and all there are. */
  readonly kpis: readonly KpiDescription[];
  readonly known: readonly KpiDescription[];
  readonly actions: Omit<WallOptions['actions'], 'sound'>;
  readonly open: LiveSocketOptions['open'];
  readonly clock: LiveSocketOptions['clock'];
  /** Aborted once the gateway lets us in no more. */
  readonly ended: AbortController;
  /** `wss://board.example.com/earshot/v1/live` */
  readonly liveUrl: string;
  onNewVersion(first: string | null, version: string | null): void;
}

export class BoardSession {
  readonly #options: BoardSessionOptions;
  readonly #bell = chime();
  readonly #page: Wall;
  readonly #socket: LiveSocket;
  #state: BoardState;
  #isDrawing = false;
  /** Which loading of histories counts: a later one, or the end, makes an earlier one stop. */
  #historyRun = 0;

  constructor(options: BoardSessionOptions) {
    this.#options = options;
    const { settings, clock } = options;
    this.#state = emptyBoard(settings.where, clock.now());
    this.#page = this.#pageOf();
    this.#socket = this.#socketOf();
  }

  get root(): HTMLElement {
    return this.#page.root;
  }

  start(): void {
    this.#armSound();
    this.#socket.start();
    this.#draw();
  }

  /** Where the browser asks for a press first, any will do. */
  #armSound(): void {
    const { settings, ended } = this.#options;
    if (!settings.sound) return;
    this.#bell.arm(() => this.#draw());
    const press = (): void => {
      if (this.#bell.state === 'unarmed') this.#bell.arm(() => this.#draw());
    };
    for (const name of ['pointerdown', 'keydown']) document.addEventListener(name, press, { signal: ended.signal });
  }

  stop(): void {
    this.#historyRun += 1;
    this.#socket.stop();
  }

  /** The screen or the network is back: do not wait for the next attempt. */
  wake(): void {
    this.#socket.wake();
  }

  /** Time passes: what is shown of it is brought up to date. */
  tick(): void {
    this.#step({ type: 'clock', at: this.#options.clock.now() });
  }

  #pageOf(): Wall {
    const { client, settings, description, kpis, known, actions } = this.#options;
    return wall({
      ...{ settings, description, kpis, known },
      sound: () => this.#bell.state,
      onAck: (alert) => client.ack(alert),
      onUnack: (alert) => client.unack(alert),
      onComplete: (action) => client.complete(action),
      actions: {
        ...actions,
        sound: () => {
          this.#bell.press();
          this.#draw();
        },
      },
    });
  }

  #socketOf(): LiveSocket {
    const { client, settings, description, kpis, liveUrl, open, clock, ended } = this.#options;
    return new LiveSocket({
      url: liveUrl,
      open,
      clock,
      subscription: {
        topics: [
          ...kpis.map(({ id }) => `kpi/${id}`),
          'alerts',
          'health',
          ...(description.hasActions === true ? ['actions'] : []),
        ],
        where: whereOf(settings),
        maxHz: MAX_HZ,
      },
      position: () => resumePosition(this.#state),
      onFrame: (frame) => {
        this.#step({ type: 'frame', at: clock.now(), frame });
        if (frame.op === 'snapshot') void this.#loadHistory();
      },
      onLink: (link) => {
        this.#step({ type: 'link', at: clock.now(), link });
        // A browser does not say why a connection was refused: asked over HTTP, the gateway does.
        if (link.kind !== 'opened') void client.letIn().then((letIn) => (letIn ? undefined : ended.abort()));
      },
    });
  }

  #draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#page.show(this.#state);
    });
  }

  #step(event: BoardEvent): void {
    const before = this.#state;
    const state = (this.#state = nextBoard(before, event));
    if (state.needsResync && !before.needsResync) this.#socket.resync();
    // While the engine was starting there was no history to load.
    if (before.health?.ok === false && state.health?.ok === true) void this.#loadHistory();
    if (beganToFire(before, state)) this.#bell.ring();
    if (state.version !== before.version) this.#options.onNewVersion(before.version, state.version);
    this.#draw();
  }

  /** Each KPI's, and again after a while what did not come. */
  async #loadHistory(): Promise<void> {
    const { client, clock, kpis } = this.#options;
    const run = (this.#historyRun += 1);
    let left = kpis.map(({ id }) => id);
    for (let waitMs = HISTORY_RETRY_MS; left.length > 0; waitMs = Math.min(waitMs * 2, HISTORY_RETRY_MOST_MS)) {
      const failed: string[] = [];
      for (const id of left) {
        const now = serverNow(this.#state);
        try {
          const values = await client.history(id, now - HISTORY_MS, now);
          if (run !== this.#historyRun) return;
          this.#step({ type: 'history', at: clock.now(), kpi: id, values });
        } catch {
          failed.push(id); // the course grows from live values meanwhile
        }
      }
      left = failed;
      if (left.length > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
      if (run !== this.#historyRun) return;
    }
  }
}

function whereOf({ where }: Settings): Record<string, string[]> | null {
  const entries = Object.entries(where).map(([dimension, value]): [string, string[]] => [dimension, [value]]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function beganToFire(before: BoardState, now: BoardState): boolean {
  if (before.alerts === now.alerts) return false;
  return [...now.alerts].some(
    ([id, { firedAt, message }]) =>
      firedAt !== null && before.alerts.get(id)?.firedAt !== firedAt && isGrave(message.severity) && !message.silenced,
  );
}
