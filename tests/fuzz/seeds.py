#!/usr/bin/env python3
"""Puts what the tests give their parsers where fuzzers begin: seeds.py CORPUS NAME..."""

import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RAW = re.compile(r'R"(\w*)\((.*?)\)\1"', re.S)
QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def texts_in(*patterns):
    """The string literals of tests."""
    for pattern in patterns:
        for path in sorted(ROOT.glob("tests/" + pattern)):
            source = path.read_text()
            for raw in RAW.finditer(source):
                yield raw[2]
            for line in QUOTED.findall(RAW.sub("", source)):
                yield re.sub(r"\\(.)", lambda c: ESCAPES.get(c[1], ""), line)


def files(*patterns):
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_bytes()


def with_choices(texts, choices):
    """Before each text the byte that chooses how it is read."""
    for text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        for choice in choices:
            yield bytes([choice]) + data


def requests():
    targets = ["/", "/metrics", "/health/ready", "/hooks/erp/erp"]
    for target in targets:
        yield f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"
        yield (f"POST {target} HTTP/1.1\r\nHost: x\r\nWebhook-Id: m\r\nWebhook-Timestamp: 0\r\n"
               "Webhook-Signature: v1,a\r\nContent-Length: 12\r\n\r\n{\"line\":\"1\"}")
    yield "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    yield from texts_in("net/*server_test.cpp")


def csv_files():
    for text in texts_in("connectors/files_*.[ch]pp", "codec/csv_test.cpp"):
        yield "line,order.number,item.id,ordered,customer.id\n" + text
        yield text


SEEDS = {
    "csv_file": lambda: with_choices(csv_files(), (0, 4)),
    "json_file": lambda: with_choices(texts_in("connectors/files_*.[ch]pp"), (0,)),
    "rest_page": lambda: with_choices(
        list(texts_in("connectors/rest_*.[ch]pp"))
        + ['{"data":[{"id":"7","no":"SO7","date":"2026-01-02T03:04:05Z","customer":"C1",'
           '"name":"A B","region":"1","parts":[{"id":1,"sku":"P","qty":"1.234,5","price":2.5,'
           '"due":"03.11.2026","wish":1767225600000,"release":1767225600,'
           '"moves":[{"qty":1}],"meta":[{"key":"name","value":"Pump"}]}]}],"total":1}'], (0,)),
    "expression": lambda: (
        t + "\n" + v for t in texts_in("connectors/rest_expression_test.cpp")
        for v in ("2026-11-22T23:00:00+0200", "1.234,50")),
    "mapping": lambda: files("config/connectors/*.yaml"),
    "odoo_answer": lambda: with_choices(texts_in("connectors/*odoo*.[ch]pp"), (0, 1)),
    "tryton_answer": lambda: with_choices(texts_in("connectors/*tryton*.[ch]pp"), (0,)),
    "settings": lambda: files("config/*.yaml", "tests/config/broken/*/backorderd.yaml"),
    "rules": lambda: files("config/rules.d/*.yaml", "config/rules.d/packs/*.yaml",
                           "tests/config/broken/*/rules.d/*.yaml", "tests/config/*.yaml"),
    "holidays": lambda: list(files("tests/config/broken/*/rules.d/holidays/*.ics"))
    + [t for t in texts_in("config/holidays_test.cpp") if "BEGIN:" in t],
    "http_server": requests,
    "template_values": lambda: with_choices(texts_in("render/hostile_samples.hpp"),
                                            range(0, 256, 16)),
}


def main(corpus, names):
    for name in names:
        folder = pathlib.Path(corpus) / name
        folder.mkdir(parents=True, exist_ok=True)
        for seed in SEEDS[name]():
            data = seed if isinstance(seed, bytes) else seed.encode()
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
