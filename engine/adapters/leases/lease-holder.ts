/**
 * Who holds a lease, as it is written into it: enough for another instance on the same host to see that the holder's process
 * is gone, and not to wait for the lease to expire.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { nuid } from '@nats-io/transport-node';
import { markOf, type ProcessMark } from '../embedded-server/store-owner.ts';

export interface LeaseHolder {
  /** Names the instance to people. */
  readonly owner: string;
  /** Tells two leases of one process apart. */
  readonly holder: string;
  /** Where `process` means something. */
  readonly host: string;
  readonly process: ProcessMark;
}

export function thisHolder(owner: string): LeaseHolder {
  const mark = markOf(process.pid) ?? { pid: process.pid, began: '' };
  return { owner, holder: nuid.next(), host: hostIdentity(), process: mark };
}

/** Whose the lease is, by what is written into it; `isThis`: of this process. null: written by a stranger. */
export function ownerOf(
  value: string,
  host = hostIdentity(),
): { readonly name: string; readonly isThis: boolean } | null {
  const holder = holderIn(value);
  if (holder === null || typeof holder.owner !== 'string') return null;
  const mark = markOf(process.pid);
  const isThis = holder.host === host && holder.process.pid === process.pid && holder.process.began === mark?.began;
  return { name: holder.owner, isThis };
}

/** Process ids mean the same to two processes only on one boot of one machine, within one namespace (containers). */
export function hostIdentity(): string {
  const read = (what: () => string): string => {
    try {
      return what().trim();
    } catch {
      return ''; // not Linux
    }
  };
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].join(' ');
}

/** True when `value` names a process of this host that has ended; false when it lives, or nobody here can know. */
export function hasEnded(value: string, host = hostIdentity()): boolean {
  const holder = holderIn(value);
  // Written by a stranger: it will expire.
  if (holder === null || holder.host !== host || holder.process.began === '') return false;
  return markOf(holder.process.pid)?.began !== holder.process.began;
}

type ReadHolder = Pick<LeaseHolder, 'host' | 'process'> & { readonly owner?: unknown };

function holderIn(text: string): ReadHolder | null {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is ReadHolder {
  if (typeof value !== 'object' || value === null || !('host' in value) || !('process' in value)) return false;
  const { host, process: mark } = value;
  if (typeof host !== 'string' || typeof mark !== 'object' || mark === null) return false;
  return 'pid' in mark && Number.isSafeInteger(mark.pid) && 'began' in mark && typeof mark.began === 'string';
}
