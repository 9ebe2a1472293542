/** Texts and addresses in a page: whatever they hold, they are that. */

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A link in a window of its own; text alone where the address is none that a browser should open. */
export function linkHtml(text: string, href: string, className = ''): string {
  const words = escapeHtml(text);
  if (!/^https?:\/\//i.test(href)) return words;
  return `<a class="${className}" target="_blank" rel="noopener noreferrer" href="${escapeHtml(href)}">${words}</a>`;
}

/** A button that is pressed in the name of the tool's reader. */
export function buttonHtml(text: string, message: number, value: string): string {
  return `<button type="button" data-message="${message}" data-value="${escapeHtml(value)}">${escapeHtml(text)}</button>`;
}
