/**
 * Which fields are labels: what a company calls its places, goods and groups by, and counts by. Many a place, shop and product is
 * called after somebody, so that a label is judged by what is personal for certain, and never taken for the name of a person.
 */

/** By default; `mask.labels` of the configuration takes their place. */
export const USUAL_LABELS: readonly string[] =
  'region product store team city district province state country county area zone territory neighborhood neighbourhood borough suburb branch shop outlet site warehouse depot hub department dept division queue brand category campaign segment tier model sku class touchpoint 地区 区域 大区 城市 省份 省 市 区 县 国家 街道 商品 产品 门店 店铺 分店 网点 仓库 团队 班组 部门 品牌 品类 类别 型号 片区 商圈'.split(
    ' ',
  );

/** A longer value is a text, whatever its field is called. */
export const MAX_LABEL = 128;

/** What of a label, or of an object called like one, says the same in other words: store_name, region.zh, cities. */
const SAYS_THE_SAME = new Set('name names title label code id no number zh en cn 名称 名 编号 编码'.split(' '));

export class LabelNames {
  readonly #labels: ReadonlySet<string>;

  constructor(labels: readonly string[]) {
    this.#labels = new Set(labels.map((label) => wordsOf(label).join('_')));
  }

  /** By the last words of a field's name: sales_region and homeCity are labels, store_manager is none. */
  has(name: string): boolean {
    const words = wordsOf(name);
    while (words.length > 1 && SAYS_THE_SAME.has(words.at(-1) ?? '')) words.pop();
    for (let from = 0; from < words.length; from += 1) {
      const label = words.slice(from).join('_');
      if (this.#labels.has(label) || this.#labels.has(singular(label))) return true;
    }
    return false;
  }

  /** Does a field of this name say which one an object is, if that is called like a label? */
  static isOwn(name: string): boolean {
    return SAYS_THE_SAME.has(name.toLowerCase());
  }
}

/** sales_region, salesRegion, 门店名称: the last as two. */
function wordsOf(name: string): string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/(名称|名|编号|编码)$/, '_$1');
  return spaced
    .toLowerCase()
    .split(/[\s_.-]+/)
    .filter((word) => word !== '');
}

function singular(word: string): string {
  return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/s$/, '');
}
