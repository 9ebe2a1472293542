/** Versions of nats-server, as it names them: `2.9.10`, `2.11.0-RC.1`. */
export type ServerVersion = readonly [major: number, minor: number, patch: number];

export function isOlder(version: string, than: ServerVersion): boolean {
  const parts: readonly (number | undefined)[] = version.split(/[.-]/).map(Number);
  for (const [i, part] of than.entries()) {
    const has = parts[i] ?? 0; // 2.11 is 2.11.0
    if (has !== part) return has < part;
  }
  return false;
}
