#!/usr/bin/env python3
"""Sentiment of posts, three classes: minsheng beside SnowNLP and a count of words, on the same held-out posts in one run.

    pip install snownlp
    tests/bench/sentiment.py --minsheng target/release/minsheng --posts POSTS.jsonl --split analytics/models/split.tsv \
        -- --tickets FILE --labels FILE [--topics FILE] [--material DIR] [--vectors FILE] [--lexicon FILE] [--acts FILE]

What follows `--` goes to `minsheng evaluate`, which learns without the held-out posts and prints our figures. The
thresholds of the other two are chosen on the posts that are not held out, which flatters neither of them less than us.
Speed is processor time of one core over the held-out posts, start-up taken off, segmentation counted in everywhere; ours
is also told by the clock with all cores.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

CLASSES = ["negative", "neutral", "positive"]
GOOD = """好 赞 棒 美 爱 喜欢 开心 高兴 快乐 幸福 感动 感谢 谢谢 支持 加油 希望 期待 温暖 可爱 漂亮 舒服 成功 恭喜 祝 哈哈 嘻嘻 厉害 优秀
满意 放心 骄傲 精彩 给力 好吃 惊喜 值得 心动 点赞 鼓掌 平安""".split()
BAD = """不 没 难 坏 差 烂 怒 气 恨 哭 泪 死 累 痛 怕 烦 恶心 垃圾 失望 难过 伤心 害怕 担心 讨厌 生气 愤怒 无语 可怜 可怕 可恶 骗 假 黑心 崩溃
抱歉 遗憾 悲 惨 糟 无耻 滚 骂 病""".split()


def cpu(kind=resource.RUSAGE_SELF):
    usage = resource.getrusage(kind)
    return usage.ru_utime + usage.ru_stime


def figures(truth, guess):
    """Accuracy and macro-F1."""
    scores = []
    for one in CLASSES:
        hit = sum(t == g == one for t, g in zip(truth, guess))
        said, are = guess.count(one), truth.count(one)
        scores.append(2 * hit / (said + are) if said + are else 0.0)
    right = sum(t == g for t, g in zip(truth, guess))
    return right / len(truth), sum(scores) / len(scores)


def classes(values, low, high):
    return ["negative" if v < low else "positive" if v > high else "neutral" for v in values]


def tuned(values, truth):
    """The two thresholds with the best macro-F1."""
    marks = sorted(set(values))
    marks = [marks[len(marks) * k // 40] for k in range(40)]
    pairs = [(low, high) for low in marks for high in marks if low <= high]
    return max(pairs, key=lambda pair: figures(truth, classes(values, *pair))[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minsheng", required=True)
    parser.add_argument("--posts", required=True, type=pathlib.Path)
    parser.add_argument("--split", required=True, type=pathlib.Path)
    parser.add_argument("--tune", type=int, default=1500, help="posts the thresholds are chosen on")
    own = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:own])
    part = dict(line.split("\t") for line in arguments.split.read_text().splitlines())
    posts = [json.loads(line) for line in arguments.posts.read_text().splitlines()]
    held = [post for post in posts if part.get(post["id"]) == "test"]
    rest = [post for post in posts if part.get(post["id"]) == "train"][-arguments.tune :]
    truth = [post["sentiment"] for post in held]
    print(f"{len(held)} posts held out, thresholds of the others chosen on {len(rest)}")

    from snownlp import SnowNLP

    def snow(text):
        return SnowNLP(text).sentiments if text.strip() else 0.5

    def count(text):
        return sum(text.count(word) for word in GOOD) - sum(text.count(word) for word in BAD)

    rows = []
    for name, rate in [("SnowNLP", snow), ("count of words", count)]:
        rate("先行载入")
        pair = tuned([rate(post["text"]) for post in rest], [post["sentiment"] for post in rest])
        begun = cpu()
        values = [rate(post["text"]) for post in held]
        rows.append((name, *figures(truth, classes(values, *pair)), len(held) / (cpu() - begun)))

    def classify(times, options, cores):
        """Processor time and time on the clock for the held-out posts, so many times over."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
            for _ in range(times):
                for post in held:
                    lines.write(json.dumps({"id": post["id"], "title": "", "body": post["text"]}) + "\n")
            lines.flush()
            begun, started = cpu(resource.RUSAGE_CHILDREN), time.monotonic()
            subprocess.run(
                ["taskset", "-c", cores, arguments.minsheng, "classify", "--json", *options, lines.name],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            return cpu(resource.RUSAGE_CHILDREN) - begun, time.monotonic() - started

    def speed(options, cores, clock):
        few, many = classify(1, options, cores)[clock], classify(201, options, cores)[clock]
        return 200 * len(held) / (many - few)

    everything, alone = ["--no-evidence"], ["--only", "sentiment"]
    all_cores = f"0-{(os.cpu_count() or 1) - 1}"
    told = subprocess.run(
        [arguments.minsheng, "evaluate", "--posts", arguments.posts, "--split", arguments.split, *sys.argv[own + 1 :]],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"^sentiment\n\s+texts (\d+)\s+accuracy ([\d.]+)\s+macro-F1 ([\d.]+)", told, re.M)
    if not found or int(found[1]) != len(held):
        sys.exit("evaluate measured other posts")
    ours = (float(found[2]), float(found[3]))
    snow_speed = rows[0][3]
    rows = [
        ("minsheng, the whole label", *ours, speed(everything, "0", 0)),
        ("minsheng, sentiment alone", *ours, speed(alone, "0", 0)),
        (f"minsheng, sentiment alone, cores {all_cores}", *ours, speed(alone, all_cores, 1)),
        *rows,
    ]
    print("| | accuracy | macro-F1 | posts/s | to SnowNLP |\n|---|---:|---:|---:|---:|")
    for name, accuracy, macro, rate in rows:
        print(f"| {name} | {accuracy:.3f} | {macro:.3f} | {rate:,.0f} | {rate / snow_speed:,.0f} × |")


if __name__ == "__main__":
    main()
