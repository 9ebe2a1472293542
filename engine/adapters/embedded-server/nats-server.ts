/**
 * The embedded NATS server: a supervised child process on a loopback port. It is restarted when it dies, stopped with us,
 * and ended by a guard when we are killed before we could.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { encryptStore, noteKey, openableStore } from './encrypt-store.ts';
import { freePort } from './loopback-port.ts';
import { findNatsServer } from './nats-binary.ts';
import { ownStore } from './store-owner.ts';
import { hidesSubjects } from './subject-lists.ts';
import { SupervisedServer, type SupervisedSettings } from './supervised-server.ts';

export interface NatsServerOptions {
  /** Folder for all it keeps; made if missing. */
  readonly store: string;
  /** 0: a free one. */
  readonly port?: number;
  readonly partitions?: number;
  /**
   * Encrypts what is stored. A store that is not encrypted yet becomes so; one that is opens with its own key alone.
   * Undefined: nothing is encrypted (tests that look into the files).
   */
  readonly key?: string;
  readonly logger: Logger;
  /** The program; by default `findNatsServer()`. */
  readonly program?: string;
  readonly maxPayloadBytes?: number;
  readonly readyWithinMs?: number;
}

export interface NatsServer {
  readonly port: number;
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** Process id of the server that runs now; undefined between a death and the restart. */
  pid(): number | undefined;
  restarts(): number;
  /** Ends the process that runs now: another follows. */
  restart(): void;
  /** Ends the server and its guard, and gives the store free. */
  stop(): Promise<void>;
}

const PORT_ATTEMPTS = 5;

/**
 * Starts the server; resolves when it takes connections. Throws EngineError NATS_SERVER_MISSING, NATS_SERVER_FAILED,
 * STORE_IN_USE or STORE_UNUSABLE; STORE_KEY_LOST, STORE_KEY_WRONG or STORE_NOT_ENCRYPTED before anything is changed.
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const program = options.program ?? findNatsServer();
  const store = resolve(options.store);
  try {
    mkdirSync(store, { recursive: true });
  } catch (error) {
    throw new EngineError('STORE_UNUSABLE', [store, reasonOf(error)], { cause: error });
  }
  const owner = await ownStore(store);
  try {
    const settings = settingsOf(options, program, store, (pid) => owner.serverIs(pid));
    const content = openableStore(store, options.key);
    if (content === 'plain' && settings.key !== undefined) {
      await encryptStore({ ...settings, key: settings.key }, (each) => startOnPort(each, 0));
    }
    const server = await startOnPort(settings, options.port ?? 0); // any free one
    if (settings.key !== undefined) noteKey(store, settings.key);
    const hiding = settings.key === undefined ? undefined : hidesSubjects(store, server.version());
    const { port } = server;
    return {
      port,
      url: `nats://127.0.0.1:${String(port)}`,
      pid: () => server.pid(),
      restarts: () => server.restarts,
      restart: () => server.restart(),
      stop: async () => {
        await server.stop();
        hiding?.stop();
        owner.release();
      },
    };
  } catch (error) {
    owner.release();
    throw error;
  }
}

function settingsOf(
  options: NatsServerOptions,
  program: string,
  store: string,
  onSpawn: (pid: number) => void,
): Omit<SupervisedSettings, 'port'> {
  const { key, partitions = 1, maxPayloadBytes = 8 * 1024 * 1024, readyWithinMs, logger } = options;
  const most = readyWithinMs === undefined ? null : { readyWithinMs };
  return { program, store, key, partitions, maxPayloadBytes, logger, onSpawn, ...most };
}

/** 0: any free one. A port that was found free may be somebody's by the time the server listens: then another is tried. */
async function startOnPort(settings: Omit<SupervisedSettings, 'port'>, wanted: number): Promise<SupervisedServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new SupervisedServer({ ...settings, port: wanted === 0 ? await freePort() : wanted });
    try {
      await server.start();
      return server;
    } catch (error) {
      if (wanted !== 0 || attempt === PORT_ATTEMPTS || !/address already in use/.test(reasonOf(error))) throw error;
    }
  }
}
