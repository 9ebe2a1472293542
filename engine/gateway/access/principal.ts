/** Who is asking, and what their role lets them do. */
import type { Millis } from '../../core/types.ts';
import type { Scope } from '../../live/filter.ts';

export const ROLES = ['admin', 'operator', 'frontline', 'display'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** Who did it, for acknowledgements and the audit trail. */
  readonly name: string;
  readonly role: Role;
  /** null: everything. */
  readonly scope: Scope | null;
  /** When it ends; null: with the process. */
  readonly expires: Millis | null;
  /** Of a display that was let in by a ticket. */
  readonly session?: string;
  /** It began at the provider, where it can be ended too. */
  readonly isOfProvider?: true;
}

export type Permission =
  | 'read'
  /** Single cases: survey triggers, dispatches, SLA warnings. */
  | 'actions'
  | 'ack'
  | 'silence'
  | 'ingest'
  | 'tickets'
  | 'metrics'
  /** Sends notices by a hook. */
  | 'hooks'
  /** Which models score. */
  | 'models'
  /** What the configuration file holds now. */
  | 'configuration'
  /** Which walls are connected and what they show. */
  | 'screens'
  /** Which displays may come back. */
  | 'sessions';

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  admin: [
    'read',
    'actions',
    'ack',
    'silence',
    'ingest',
    'tickets',
    'metrics',
    'hooks',
    'screens',
    'models',
    'configuration',
    'sessions',
  ],
  operator: ['read', 'actions', 'ack', 'silence', 'ingest', 'tickets', 'metrics', 'hooks', 'screens'],
  frontline: ['read', 'actions', 'ack'],
  display: ['read'],
};

/** What reaches beyond channels, regions and teams is for those without limits. */
const UNSCOPED: readonly Permission[] = ['ingest', 'metrics', 'hooks', 'models', 'configuration', 'sessions'];

export function may(principal: Principal, permission: Permission): boolean {
  if (principal.scope !== null && UNSCOPED.includes(permission)) return false;
  return GRANTS[principal.role].includes(permission);
}

export function rightsOf(principal: Principal): readonly Permission[] {
  return GRANTS[principal.role].filter((permission) => may(principal, permission));
}

/** Without configured keys the gateway listens on loopback only, and whoever is there may do everything. */
export const LOCAL: Principal = { name: 'local', role: 'admin', scope: null, expires: null };
