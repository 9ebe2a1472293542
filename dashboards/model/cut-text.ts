/** A text of at most so many characters, the last of them `…` where it was cut. Never within a character, however many code points it has. */
export function cutText(text: string, most: number): string {
  const trimmed = text.trim();
  if (trimmed.length <= most) return trimmed;
  const characters = [...new Intl.Segmenter().segment(trimmed)].map(({ segment }) => segment);
  return characters.length <= most
    ? trimmed
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
