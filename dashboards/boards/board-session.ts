/** A board that is shown: draws what the session knows, calmly; sounds what is new and grave. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import type { BoardDescription, GatewayClient } from '../line/gateway-client.ts';
import type { PageClient } from '../line/page-client.ts';
import type { ScreenLink } from '../line/screen-link.ts';
import { LiveState, type LiveStateOptions } from '../client/live-state.ts';
import { serverNow, type BoardState } from '../model/board.ts';
import type { Settings } from '../model/settings.ts';
import { isGrave } from '../model/tile-model.ts';
import type { Chime } from '../view/chime.ts';
import { DrawPace } from '../view/draw-pace.ts';
import { wall, type Wall, type WallOptions } from '../view/wall.ts';
import { WallLoads } from './wall-loads.ts';

/** What is drawn once a second is as old as this at most; alerts come at once whatever is asked for. */
const MAX_HZ = 2;
const HISTORY_MS = 30 * 60_000;

export interface BoardSessionOptions {
  readonly client: GatewayClient;
  readonly pages: PageClient;
  readonly settings: Settings;
  readonly description: BoardDescription;
  /** Those with a tile; and all there are. */
  readonly kpis: readonly KpiDescription[];
  readonly known: readonly KpiDescription[];
  readonly actions: Omit<WallOptions['actions'], 'sound'>;
  readonly open: LiveStateOptions['open'];
  readonly clock: LiveStateOptions['clock'];
  /** Aborted once the gateway lets us in no more. */
  readonly ended: AbortController;
  /** `wss://board.example.com/earshot/v1/live` */
  readonly liveUrl: string;
  /** Armed or not, it outlasts a board that is shown again. */
  readonly bell: Chime;
  /** With each tick: the mark of what the gateway describes now. */
  onConfiguration(mark: string | null): void;
  onNewVersion(first: string | null, version: string | null): void;
  /** This screen among the walls; null: it is none. */
  readonly screen: ScreenLink | null;
}

export class BoardSession {
  readonly #options: BoardSessionOptions;
  readonly #bell: Chime;
  readonly #loads: WallLoads;
  readonly #page: Wall;
  readonly #session: LiveState;
  readonly #pace: DrawPace;

  constructor(options: BoardSessionOptions) {
    this.#options = options;
    this.#bell = options.bell;
    this.#session = this.#sessionOf();
    this.#pace = new DrawPace({
      state: () => this.#session.state,
      draw: () => this.#page.show(this.#session.state),
      frame: (run) => requestAnimationFrame(run),
      after: (ms, run) => void options.clock.after(ms, run),
    });
    const { pages, kpis, settings } = options;
    this.#loads = new WallLoads({
      ...{ client: pages, kpis, slice: settings.where },
      now: () => serverNow(this.#session.state),
      onChange: () => this.#pace.soon(),
    });
    this.#page = this.#pageOf();
  }

  get root(): HTMLElement {
    return this.#page.root;
  }
  start(): void {
    this.#armSound();
    this.#session.start();
    this.#pace.soon();
  }
  /** Where the browser asks for a press first, any will do. */
  #armSound(): void {
    const { settings, ended } = this.#options;
    if (!settings.sound) return;
    this.#bell.arm(() => this.#pace.soon());
    const press = (): void => {
      if (this.#bell.state === 'unarmed') this.#bell.arm(() => this.#pace.soon());
    };
    for (const name of ['pointerdown', 'keydown']) document.addEventListener(name, press, { signal: ended.signal });
  }
  stop(): void {
    this.#loads.stop();
    this.#session.stop();
  }
  /** The screen or the network is back: do not wait for the next attempt. */
  wake(): void {
    this.#session.wake();
  }
  /** Time passes: what is shown of it is brought up to date. */
  tick(): void {
    this.#session.tick();
  }

  #pageOf(): Wall {
    const { client, settings, description, kpis, known, actions } = this.#options;
    return wall({
      ...{ settings, description, kpis, known, search: location.search },
      sound: () => this.#bell.state,
      loaded: this.#loads,
      onAck: (alert) => client.ack(alert),
      onUnack: (alert) => client.unack(alert),
      onComplete: (action) => client.complete(action),
      actions: {
        ...actions,
        sound: () => {
          this.#bell.press();
          this.#pace.soon();
        },
      },
    });
  }

  #sessionOf(): LiveState {
    const { client, settings, description, kpis, liveUrl, open, clock, ended, screen } = this.#options;
    return new LiveState({
      url: liveUrl,
      open,
      clock,
      headline: settings.where,
      subscription: {
        topics: [
          ...kpis.map(({ id }) => `kpi/${id}`),
          'alerts',
          'health',
          ...(description.hasActions === true ? ['actions'] : []),
        ],
        where: whereOf(settings),
        maxHz: MAX_HZ,
        ...(screen === null ? {} : { screen: () => screen.about(this.#session.state.version) }),
      },
      history: {
        kpis: kpis.map(({ id }) => id),
        lengthMs: HISTORY_MS,
        load: (kpi, fromMs, toMs) => client.history(kpi, fromMs, toMs),
      },
      onChange: (state, before) => this.#changed(state, before),
      onShow: (board) => screen?.show(board),
      // A browser does not say why a connection was refused: asked over HTTP, the gateway does.
      onLink: (link) => {
        if (link.kind !== 'opened') void client.letIn().then((letIn) => (letIn ? undefined : ended.abort()));
      },
    });
  }

  #changed(state: BoardState, before: BoardState): void {
    if (beganToFire(before, state)) this.#bell.ring();
    if (state.version !== before.version) this.#options.onNewVersion(before.version, state.version);
    this.#options.onConfiguration(state.configuration);
    this.#pace.changed(state, before);
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
