/**
 * Short texts of which something was found out that is true of the text alone: those that come again and again stay, those that come
 * once go. Bounded: two halves of so many texts, of which the older goes when the younger is full.
 */
export class RecentTexts {
  readonly #mostOfAHalf: number;
  #younger = new Set<string>();
  #older = new Set<string>();

  constructor(mostOfAHalf: number) {
    this.#mostOfAHalf = mostOfAHalf;
  }
  has(text: string): boolean {
    if (this.#younger.has(text)) return true;
    if (!this.#older.has(text)) return false;
    this.add(text);
    return true;
  }
  add(text: string): void {
    if (this.#younger.size >= this.#mostOfAHalf) {
      const emptied = this.#older;
      emptied.clear();
      this.#older = this.#younger;
      this.#younger = emptied;
    }
    this.#younger.add(text);
  }
}
