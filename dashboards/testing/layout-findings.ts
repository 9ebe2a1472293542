/** What is wrong with how a page is laid out: words that lie on others, that are cut off or squeezed, a page wider than its screen. */
import type { Page } from 'playwright-core';

export async function layoutFindings(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const SLACK = 2.5;
    interface Words {
      readonly node: Element;
      readonly text: string;
      readonly box: DOMRect;
    }
    const found: string[] = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) found.push(`the page is ${wide} px wider than the screen`);
    /** On purpose: lines that end in …, and what is for screen readers alone. */
    const isMeant = (style: CSSStyleDeclaration): boolean =>
      style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
    const all: Words[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
      const node = text.parentElement;
      const said = (text.textContent ?? '').trim(); // of a text it is never null
      if (node === null || said === '' || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        continue;
      if (node.closest('.sr, .u-legend, option, script, style') !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const whole = range.getBoundingClientRect();
      if (whole.width < 1 || whole.height < 1) continue;
      // Letters fill about the middle of their line.
      const letters = Number.parseFloat(getComputedStyle(node).fontSize);
      const size = letters * 0.72;
      const lines = [...range.getClientRects()].map(
        ({ x, y, width, height }) => new DOMRect(x, y + (height - size) / 2, width, size),
      );
      if (whole.height > 3.5 * letters && whole.width < 4 * letters && said.length > 4)
        found.push(`squeezed in .${node.getAttribute('class') ?? node.tagName}: ${said.slice(0, 50)}`);
      const top = Math.min(...lines.map((line) => line.top));
      const box = new DOMRect(whole.x, top, whole.width, Math.max(...lines.map((line) => line.bottom)) - top);
      let [isCut, isOff] = [false, false];
      for (let at: Element | null = node; at !== null && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (isMeant(style)) isCut = true;
        if (style.position === 'fixed' || style.position === 'sticky') isOff = true;
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const inner = at.getBoundingClientRect();
        const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
        const beyond =
          box.bottom > inner.bottom + SLACK ||
          box.right > inner.right + SLACK ||
          box.top < inner.top - SLACK ||
          box.left < inner.left - SLACK;
        if (!beyond) continue;
        if (
          scrolls ||
          ((at.classList.contains('quotes') || at.classList.contains('qs')) && box.left > inner.right - SLACK)
        )
          isOff = true;
        else if (!isCut) found.push(`cut off in .${at.className}: ${said.slice(0, 50)}`);
        isCut = true;
      }
      if (!isCut && !isOff) all.push(...lines.map((line) => ({ node, text: said, box: line })));
    }
    all.forEach((one, i) => {
      for (const other of all.slice(i + 1)) {
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across <= SLACK || down <= SLACK) continue;
        if (one.node.contains(other.node) || other.node.contains(one.node)) continue;
        const names = [one, other].map(
          ({ node, text }) => `.${node.getAttribute('class') ?? node.tagName} ${text.slice(0, 30)}`,
        );
        found.push(`on each other: ${names.join(' | ')}`);
      }
    });
    return [...new Set(found)];
  });
}
