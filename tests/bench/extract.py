#!/usr/bin/env python3
"""Extraction side by side: minsheng, trafilatura and readability-lxml on the same saved pages, in one run.

    pip install trafilatura readability-lxml
    tests/bench/extract.py --pages ../shared/data/pages --minsheng target/release/minsheng

What is right was written down by reading the pages (`extract_expected.json`). The pages belong to their publishers, so
the file holds only digests: of the folded title, and of a run of characters from the first, a middle and the last
paragraph. `--write FILE` makes it from a file that holds them in the open: {page: {title, day, source, first, middle,
last, around: [...]}}.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import time
import unicodedata

EXPECTED = pathlib.Path(__file__).with_name("extract_expected.json")
PARTS = ["first", "middle", "last"]
# What stands around articles everywhere; a page's own furniture is in its entry.
AROUND = ["责任编辑", "责编：", "相关阅读", "相关新闻", "网友评论", "分享到", "扫一扫", "二维码", "上一篇", "下一篇",
          "未经授权", "版权所有", "发表评论", "我要评论", "点击排行", "猜你喜欢", "为您推荐", "更多猛料", "打开APP"]


def folded(text):
    text = unicodedata.normalize("NFKC", text or "")
    return "".join(c for c in text.lower() if not c.isspace() and c not in "\"'“”‘’")


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def closed(text):
    key = folded(text)
    return {"length": len(key), "digest": digest(key)}


def holds(text, wanted):
    key, n = folded(text), wanted["length"]
    return any(digest(key[i : i + n]) == wanted["digest"] for i in range(len(key) - n + 1))


def write(source, target):
    pages = json.loads(pathlib.Path(source).read_text())
    out = {}
    for page, right in sorted(pages.items()):
        out[page] = {"title": closed(right["title"]), "day": right["day"],
                     "source": right["source"] and closed(right["source"]),
                     "around": [closed(text) for text in right.get("around", [])]}
        out[page].update({part: closed(right[part]) for part in PARTS})
    target.write_text(json.dumps(out, indent=1) + "\n")


def minsheng(binary):
    def run(path):
        out = subprocess.run([binary, "extract", "--json", str(path)], capture_output=True, check=True).stdout
        found = json.loads(out)
        return found["title"], (found["published_at"] or "")[:10], found["source_name"], found["text"]
    return run


def trafilatura(**options):
    from trafilatura import bare_extraction
    def run(path):
        found = bare_extraction(path.read_bytes(), with_metadata=True, include_comments=False, **options)
        found = found.as_dict() if found else {}
        return found.get("title"), (found.get("date") or "")[:10], None, found.get("text") or ""
    return run


def readability(path):
    import lxml.html
    import readability as lib
    from charset_normalizer import from_bytes
    document = lib.Document(str(from_bytes(path.read_bytes()).best()))
    return document.short_title(), "", None, lxml.html.fromstring(document.summary()).text_content()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=pathlib.Path)
    parser.add_argument("--minsheng")
    parser.add_argument("--write")
    parser.add_argument("--verbose", action="store_true", help="name what is wrong on each page")
    args = parser.parse_args()
    if args.write:
        return write(args.write, EXPECTED)
    if not (args.pages and args.minsheng):
        parser.error("--pages and --minsheng are needed")
    expected = json.loads(EXPECTED.read_text())
    named = sum(1 for right in expected.values() if right["source"])
    print(f"| {len(expected)} pages | title | day | first, middle and last paragraph | and nothing around | source ({named}) | s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, run in [("minsheng", minsheng(args.minsheng)), ("trafilatura", trafilatura()),
                      ("trafilatura, favour precision", trafilatura(favor_precision=True)),
                      ("readability-lxml", readability)]:
        counts, began = dict.fromkeys(["title", "day", "text", "clean", "source"], 0), time.monotonic()
        for page, right in expected.items():
            try:
                title, day, source, text = run(args.pages / page)
            except Exception as error:  # a tool that fails on a page has nothing of it
                print(f"{name}: {page}: {error}", file=sys.stderr)
                title, day, source, text = None, "", None, ""
            missing = [part for part in PARTS if not holds(text, right[part])]
            around = [word for word in AROUND if word in text]
            around += ["its own"] * sum(holds(text, own) for own in right["around"])
            is_right = {"title": closed(title or "") == right["title"], "day": day == right["day"], "text": not missing,
                        "clean": not missing and not around,
                        "source": bool(right["source"]) and closed(source or "") == right["source"]}
            for key, right_here in is_right.items():
                counts[key] += right_here
            wrong = [key for key, right_here in is_right.items() if not right_here and (key != "source" or right["source"])]
            if args.verbose and wrong:
                print(f"{name}: {page}: {', '.join(wrong)} {missing} {around}", file=sys.stderr)
        seconds = time.monotonic() - began
        print(f"| {name} | " + " | ".join(str(count) for count in counts.values()) + f" | {seconds:.1f} |")


if __name__ == "__main__":
    main()
