/** Words that say nothing by themselves: they are no topic, and no phrase begins or ends with one. */
const ENGLISH =
  'a about after again all also am an and any are as at back be because been before being but by can cannot could did do does doing done ' +
  'down even every for from get gets got had has have having he her here him his how i if in into is it its just like made make many me ' +
  'more most much my no nor not now of off on once one only or other our out over really she so some still such than that the their them ' +
  'then there these they this those through to too two under until up us very was we were what when where which while who why will with ' +
  'would you your ve ll re don doesn didn isn wasn won';
const CHINESE =
  '的 了 是 我 你 他 她 它 我们 你们 他们 在 有 和 也 就 都 不 没 没有 很 太 还 还是 这 那 这个 那个 这样 什么 怎么 为什么 吗 呢 吧 啊 呀 ' +
  '一 一个 一下 一点 个 把 被 给 让 要 会 能 可以 说 去 来 到 从 对 跟 与 或 但 但是 因为 所以 如果 而且 然后 已经 现在 以后 之后 以前 时候 ' +
  '非常 比较 真的 感觉 觉得 自己 大家 上 下 里 中 多 少 好 再 又 才 只 最 更 得 地 着 过 为 以 及 等 其 之 将 请 您 时 后 前 次 些';

export const STOP_WORDS: ReadonlySet<string> = new Set(`${ENGLISH} ${CHINESE}`.split(' '));
