"""
Trains the look of Chinese names (operators/events/masking/names/name-look.ts): a logistic regression over hashed features of a family
name, the one or two characters behind it, and three characters on either side. See card.md for data, scores and limits.

    python3 models/names/train.py <folder of zh-*/train.tsv> <lexicon: word count kind> [--held-out]

Writes operators/events/masking/names/name-weights.ts. Standard library only; the seed is fixed. `--held-out` keeps a third of the contexts
from training, prints what is found in them, and writes nothing.
"""
import base64
import math
import pathlib
import random
import re
import sys

from given_names import GIVEN, SURNAMES, SURNAME_WEIGHTS
from templates import LEFT, RIGHT, split

HERE = pathlib.Path(__file__).parent
ROOM = HERE.parent.parent / "operators/events/masking/names"
BITS = 16
SIZE = 1 << BITS
SEED = 20261129
random.seed(SEED)


def imul(a: int, b: int) -> int:
    return (a * b) & 0xFFFFFFFF


def bucket(kind: int, a: int, b: int = 0, c: int = 0) -> int:
    h = imul(kind, 0x9E3779B1) ^ imul(a, 0x85EBCA6B) ^ imul(b, 0xC2B2AE35) ^ imul(c, 0x27D4EB2F)
    h = imul(h ^ (h >> 15), 0x2C1B3C6D)
    return (h ^ (h >> 12)) & (SIZE - 1)


def sort(text: str, at: int) -> int:
    """A character as features know it: of those that are no Chinese character only the sort."""
    if at < 0 or at >= len(text):
        return 1
    unit = ord(text[at])
    if 0x4E00 <= unit <= 0x9FFF:
        return unit
    if text[at] in "0123456789*":
        return 2
    if text[at].isascii() and text[at].isalpha():
        return 3
    if text[at] in "（(":
        return 4
    if text[at] in "：:":
        return 5
    return 6 if text[at] == " " else 7


def features(text: str, at: int, family: int, given: int) -> list[int]:
    """Of a name at `at` with a family name and a given name of so many characters."""
    s = sort(text, at + family - 1)
    end = at + family + given
    g1, g2 = sort(text, at + family), sort(text, end - 1)
    l1, l2 = sort(text, at - 1), sort(text, at - 2)
    r1, r2 = sort(text, end), sort(text, end + 1)
    one = given == 1
    return [
        bucket(1 if one else 2, 0),
        bucket(3 if family == 1 else 4, s),
        bucket(5, s, given),
        bucket(6 if one else 7, g1),
        bucket(8, 0 if one else g2),
        bucket(9, g1, 0 if one else g2),
        bucket(10, s, g1),
        bucket(11, l1),
        bucket(12, l1, l2),
        bucket(13, l2, sort(text, at - 3)),
        bucket(14, r1),
        bucket(15, r1, r2),
        bucket(16, r2, sort(text, end + 2)),
        bucket(17, r1, given),
        bucket(18, g2, r1),
        bucket(19, l1, s),
    ]


SINGLE = {s for s in SURNAMES if len(s) == 1}
DOUBLE = {s for s in SURNAMES if len(s) == 2}


def is_han(text: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in text)


def candidates(text: str):
    for at in range(len(text) - 1):
        families = ([2] if text[at : at + 2] in DOUBLE else []) + ([1] if text[at] in SINGLE else [])
        for family in families:
            for given in (1, 2):
                name = text[at : at + family + given]
                if len(name) == family + given and is_han(name):
                    yield at, family, given


def a_name() -> tuple[str, int, int]:
    surname = random.choices(SURNAMES, SURNAME_WEIGHTS)[0]
    return surname, *a_given(surname)


def a_given(surname: str):
    while True:
        given = random.choice(GIVEN[0]) if random.random() < 0.25 else random.choice(GIVEN[1])
        if random.random() < 0.45 and len(given) == 2:
            given = random.choice(GIVEN[2]) + random.choice(GIVEN[2])
        if given[0] != surname[-1]:
            return len(surname), given


def sentences(folder: pathlib.Path) -> list[str]:
    texts = []
    for file in sorted(folder.glob("zh-*/train.tsv")):
        if "asap" in str(file):
            continue
        for line in file.read_text("utf8").split("\n")[1:]:
            cells = line.split("\t")
            # Reviews of books name their authors.
            if len(cells) < 2 or "书籍" in cells or "chnsenticorp" in str(file):
                continue
            texts.append(cells[-1][:220])
    random.shuffle(texts)
    return texts


def a_piece(texts):
    text = random.choice(texts)
    at = random.randrange(len(text)) if text else 0
    return text[at : at + 6]


def synthetic(count: int, lefts, rights, fillers, wild=True):
    for _ in range(count):
        surname, size, given = a_name()
        left, right = random.choice(lefts), random.choice(rights)
        before = random.choice(fillers)[-8:] if random.random() < 0.5 else ""
        after = random.choice(fillers)[:8] if random.random() < 0.5 else ""
        mark = random.choice("，。！ ,") if before and random.random() < 0.7 else ""
        # Anything may stand beside a name: a third of the contexts on each side are pieces of any text.
        if wild and random.random() < 0.35:
            left, mark, before = "", "", a_piece(fillers)
        if wild and random.random() < 0.35:
            right, after = "", a_piece(fillers)
        text = before + mark + left + surname + given + right + after
        at = len(before + mark + left)
        yield text, at, size, len(given)


ROLE = re.compile(
    "客服|店员|服务员|快递员|快递小哥|外卖小哥|外卖员|骑手|送餐员|司机|师傅|老板娘|老板|店家|卖家|商家|掌柜|经理|前台|保安|阿姨|"
    "老师|医生|柜员|导购|营业员|收银员|工作人员|朋友|同事|同学|老公|老婆|老妈|老爸|妈妈|爸爸|婆婆|儿子|女儿|孩子|宝宝|[他她](?![们的])|店长|主管|大堂"
)
PLAIN = re.compile("[他她]|老板娘?|店家|卖家|商家|掌柜|老公|老婆|[老妈爸]妈|爸爸|婆婆|儿子|女儿|孩子|宝宝|朋友|同事|同学")


def natural(count: int, texts, parity=None):
    """A name behind a role that a real text speaks of, or in the place of one. `parity` keeps texts apart."""
    spoken = [(t, list(ROLE.finditer(t))) for t in texts]
    spoken = [(t, m) for t, m in spoken if m]
    for _ in range(count):
        text, matches = random.choice(spoken)
        match = random.choice(matches)
        surname, size, given = a_name()
        at = match.start() if PLAIN.fullmatch(match[0]) and random.random() < 0.8 else match.end()
        start = max(0, match.start() - 12)
        yield text[start:at] + surname + given + text[match.end() : match.end() + 12], at - start, size, len(given)


def words(lexicon: pathlib.Path, texts):
    """Words that begin with a family name, of two or three characters, within texts; often used ones more often. No names (nr)."""
    for line in lexicon.read_text("utf8").split("\n"):
        word, _, rest = line.partition(" ")
        count, _, kind = rest.partition(" ")
        if len(word) not in (2, 3) or word[0] not in SINGLE or kind.startswith("nr") or not is_han(word) or int(count) < 3:
            continue
        for _ in range(1 + min(5, len(count))):
            before = a_piece(texts)
            yield before + word + a_piece(texts), len(before), len(word)


def train(positive, negative, epochs=3):
    weights = [0.0] * SIZE
    grads = [1e-8] * SIZE
    rows = [(f, 1, 1.0) for f in positive] + [(f, 0, 1.0) for f in negative]
    for _ in range(epochs):
        random.shuffle(rows)
        for row, label, scale in rows:
            z = 0.0
            for i in row:
                z += weights[i]
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
            g = (p - label) * scale
            if -0.002 < g < 0.002:
                continue
            for i in row:
                gi = g + 2e-6 * weights[i]
                grads[i] += gi * gi
                weights[i] -= 0.25 * gi / math.sqrt(grads[i])
    return weights


def found(weights, text, bias):
    """Spans, best first by start: as name-look.ts does it."""
    spans, end = [], 0
    best = {}
    for at, family, given in candidates(text):
        z = sum(weights[i] for i in features(text, at, family, given)) - bias
        if z > 0 and z > best.get(at, (0,))[0]:
            best[at] = (z, family + given)
    for at in sorted(best):
        if at >= end:
            following = [best[k][0] for k in range(at + 1, at + best[at][1]) if k in best]
            if following and max(following) > best[at][0]:
                continue
            spans.append((at, at + best[at][1]))
            end = at + best[at][1]
    return spans


def main():
    folder = pathlib.Path(sys.argv[1])
    held_out = "--held-out" in sys.argv
    lexicon = next((pathlib.Path(arg) for arg in sys.argv[2:] if not arg.startswith("--")), None)
    texts = sentences(folder)
    test_texts, texts = texts[:3000], texts[3000:60000]
    lefts, rights = sorted(set(split(LEFT))), sorted(set(split(RIGHT)))
    random.shuffle(lefts)
    random.shuffle(rights)
    cut_l, cut_r = (len(lefts) // 3, len(rights) // 3) if held_out else (0, 0)
    positive, negative = [], []
    for text, at, family, given in synthetic(90000, lefts[cut_l:], rights[cut_r:], texts):
        positive.append(features(text, at, family, given))
        for a, f, g in candidates(text):
            if (a, f, g) != (at, family, given) and abs(a - at) < 6:
                negative.append(features(text, a, f, g))
    for text, at, family, given in natural(70000, texts):
        positive.append(features(text, at, family, given))
        for a, f, g in candidates(text):
            if (a, f, g) != (at, family, given) and abs(a - at) < 4:
                negative.append(features(text, a, f, g))
    if lexicon is not None:
        for text, at, length in words(lexicon, texts):
            negative += [features(text, a, f, g) for a, f, g in candidates(text) if at <= a < at + length]
    # A family name and a title is all that is known of 张先生.
    for _ in range(6000):
        surname = random.choices(SURNAMES, SURNAME_WEIGHTS)[0]
        text = random.choice(lefts) + surname + random.choice("先生 女士 小姐 经理 老师 师傅 医生 主任 总 店长 阿姨 教授 同学 姐 哥".split()) + random.choice(rights)
        negative += [features(text, a, f, g) for a, f, g in candidates(text)]
    for text in texts:
        negative += [features(text, a, f, g) for a, f, g in candidates(text)]
    print(len(positive), "names,", len(negative), "others")
    weights = train(positive, negative)
    top = max(abs(w) for w in weights)
    scale = 127 / min(top, 6.0)
    quantised = [max(-127, min(127, round(w * scale))) for w in weights]
    for bias in (-60, -40, -20, 0, 20):
        touched = sum(bool(found(quantised, t, bias)) for t in test_texts)
        tests = list(synthetic(1500, lefts[:cut_l] or lefts, rights[:cut_r] or rights, test_texts, wild=False))
        hit = sum(any(a <= at < b and min(b, at + f + g) - at > 1 for a, b in found(quantised, t, bias)) for t, at, f, g in tests)
        real = list(natural(1500, test_texts))
        hit_real = sum(any(a <= at < b and min(b, at + f + g) - at > 1 for a, b in found(quantised, t, bias)) for t, at, f, g in real)
        print(f"bias {bias}: found {hit / 15:.1f} %, in real texts {hit_real / 15:.1f} %, texts touched {touched / 30:.2f} %", flush=True)
    if "--show" in sys.argv:
        for t in test_texts:
            for a, b in found(quantised, t, 20):
                print(t[max(0, a - 6) : a], "[", t[a:b], "]", t[b : b + 6])
    if held_out:
        return
    packed = base64.b64encode(bytes(q & 0xFF for q in quantised)).decode()
    (ROOM / "name-weights.ts").write_text(
        "/** Written by models/names/train.py: a signed byte a feature, in base64. */\n"
        f"export const NAME_WEIGHTS =\n  '{packed}';\n"
    )


main()
