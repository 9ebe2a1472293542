/** The source in an event's id, `<source>|<id>`, as it stands there: a `|` within a source is escaped. */
export function sourceOf(eventId: string): string {
  for (let i = 0; i < eventId.length; i++) {
    if (eventId[i] === '\\') i++;
    else if (eventId[i] === '|') return eventId.slice(0, i);
  }
  return eventId;
}

/** The same as its sender wrote it, personal data masked; cut where it is too long to be read. */
export function sourceName(eventId: string): string {
  const name = sourceOf(eventId).replace(/\\([\\|])/g, '$1');
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST)}…`;
}
const LONGEST = 120;
