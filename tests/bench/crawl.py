#!/usr/bin/env python3
"""Pages fetched and extracted per second of processor time: minsheng against Scrapy with trafilatura, on loopback, with
politeness off.

    pip install scrapy trafilatura
    tests/bench/crawl.py --minsheng target/release/minsheng [--pages DIR] [--count 1000] [--rounds 3]

A server in a process of its own (not counted) serves one list and `count` articles: the pages of a folder by turns, or
an invented one. Each crawler is a child process; its user and system time is what counts, start-up included.
"""

import argparse
import http.server
import json
import multiprocessing
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap

SPIDER = """
import json, sys, scrapy, trafilatura
from scrapy.crawler import CrawlerProcess

class Articles(scrapy.Spider):
    name = "articles"
    start_urls = [sys.argv[1]]
    found = 0
    def parse(self, response):
        yield from response.follow_all(css="ul.list a", callback=self.article)
    def article(self, response):
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True, include_comments=False)
        Articles.found += bool(found and found.text)

process = CrawlerProcess({"ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": 0, "LOG_ENABLED": False,
                          "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "TELNETCONSOLE_ENABLED": False})
process.crawl(Articles)
process.start()
print(json.dumps({"collected": Articles.found}))
"""


def invented():
    prose = "街道办事处负责人介绍，老旧小区改造工程已经开工，施工期间将分段封闭道路，请居民提前安排出行。"
    text = "".join(f"<p>　　第{i}段：{prose * 2}</p>" for i in range(20))
    links = "".join(f"<li><a href='/n/{i}.html'>另一条新闻的标题，说的是别的事情</a></li>" for i in range(150))
    return (f"<html><head><meta charset=utf-8><title>老旧小区改造工程开工_滨江网</title></head><body><div class=nav><ul>{links}</ul></div>"
            f"<h1>老旧小区改造工程开工</h1><div>2016年6月3日 14:20 来源：滨江晚报</div><div class=text>{text}</div>"
            f"<div class=side><ul>{links}</ul></div></body></html>").encode()


def serve(pages, count, port):
    listing = "<ul class=list>" + "".join(f"<li><a href='/a/{i}.html'>{i}</a></li>" for i in range(count)) + "</ul>"

    class Site(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path.startswith("/a/"):
                body, status = pages[int(self.path[3:].split(".")[0]) % len(pages)], 200
            elif self.path == "/list.html":
                body, status = listing.encode(), 200
            else:
                body, status = b"", 404
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    port.put(server.server_address[1])
    server.serve_forever()


def cost(command):
    """What a command prints last, and its processor time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, capture_output=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(out.splitlines()[-1]), spent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minsheng", required=True)
    parser.add_argument("--pages", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(args.pages.iterdir())] if args.pages else [invented()]
    port = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(pages, args.count, port), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{port.get()}/list.html"
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "minsheng.toml")
        config.write_text(textwrap.dedent(f"""\
            [fetch]
            per_host_delay_ms = 0
            [[source]]
            name = "bench"
            kind = "site"
            lists = ["{address}"]
            links = "ul.list a"
            """))
        spider = pathlib.Path(folder, "spider.py")
        spider.write_text(SPIDER)
        commands = {
            "Scrapy and trafilatura": [sys.executable, str(spider), address],
            "minsheng source try": [args.minsheng, "--config", str(config), "--json", "source", "try", address, "--source",
                                    "bench", "--allow-private", "--limit", str(args.count)],
        }
        rates = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, command in commands.items():
                found, spent = cost(command)
                if found["collected"] < args.count * 0.9:
                    print(f"{name}: only {found} of {args.count}", file=sys.stderr)
                rates[name].append(args.count / spent)
    server.terminate()
    print(f"| {args.count} pages, {args.rounds} rounds | pages per second of processor time | ratio |\n|---|---:|---:|")
    base = rates["Scrapy and trafilatura"]
    for name, measured in rates.items():
        ratio = statistics.median(a / b for a, b in zip(measured, base))
        print(f"| {name} | {statistics.median(measured):.1f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
