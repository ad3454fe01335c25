"""pemba, by its Python binding over its store in memory: no caveats, no watching; a write takes at most 1,000 relationships.

    pemba_peer.py WORKLOAD FOLDER quick|full

Prints rows as `peers.mjs` says. Times hold Python's call and its conversion of texts.
"""

import itertools
import json
import resource
import sys
import time
from pathlib import Path

import pemba

WORKLOAD, FOLDER, HOW = sys.argv[1:4]
SECONDS = 0.1 if HOW == "quick" else 1.0
BLOCK = 75e-6


def say(**message):
    print(json.dumps(message), flush=True)


def data(name):
    schema = (Path(FOLDER) / f"{name}.zed").read_text()
    # It has one operator a level of parentheses.
    schema = schema.replace("(((reader + writer + maintainer) & organization->active) - blocked) + organization->admin",
                            "((((reader + writer + maintainer) & organization->active) - blocked) + organization->admin)")
    lines = (Path(FOLDER) / f"{name}.rels").read_text().split()
    return schema, lines, json.loads((Path(FOLDER) / f"{name}.queries.json").read_text())


def load(schema, lines):
    engine = pemba.Engine.memory()
    engine.write_schema(schema)
    for start in range(0, len(lines), 1000):
        engine.write(touch=lines[start:start + 1000])
    return engine


def spread(each):
    """Figures of times in seconds."""
    each = sorted(each)
    at = lambda share: each[min(len(each) - 1, int(len(each) * share))] * 1e6
    mean = sum(each) / len(each)
    return {"median": at(0.5), "p99": at(0.99), "least": at(0), "perSecond": 1 / mean, "samples": len(each)}


def expect(right, what):
    if not right:
        say(failed=f"the answer to {what} is wrong")
        sys.exit(0)


def measure(key, questions, ask):
    """Times `ask(question)`, which says whether its answer was right, in blocks where it is quick."""
    started = time.perf_counter()
    for question in questions:
        expect(ask(question), str(question)[:200])
    block = max(1, round(BLOCK / ((time.perf_counter() - started) / len(questions))))
    around = itertools.cycle(questions)
    each = []
    ending = time.perf_counter() + SECONDS
    while time.perf_counter() < ending or len(each) < 3:
        chosen = list(itertools.islice(around, block))
        started = time.perf_counter()
        for question in chosen:
            ask(question)
        each.append((time.perf_counter() - started) / block)
    say(key=key, **spread(each))


def once(key, items, work):
    each = []
    for item in items:
        started = time.perf_counter()
        work(item)
        each.append(time.perf_counter() - started)
    say(key=key, **spread(each))


def triples(questions):
    return [(one["resource"], one["permission"], one["subject"], one["expect"]) for one in questions]


def checks(name, lists):
    say(version=f"0.1.0a1 in Python {sys.version_info.major}.{sys.version_info.minor}")
    schema, lines, queries = data(name)
    check = load(schema, lines).check
    for key, which in lists.items():
        measure(key, triples(queries[which]), lambda q: check(q[0], q[1], q[2]) == q[3])


def resources():
    schema, lines, queries = data("W6")
    engine = load(schema, lines)
    for question in queries["lookupResources"]:
        expected = sorted(question.get("expectIds", []))
        ask = lambda q: list(engine.iter_resources(q["resourceType"], q["permission"], q["subject"]))
        expect(sorted(ask(question)) == expected or not expected, "a lookup")
        measure(f"W6.{question['expectCount']}", [question], lambda q: len(ask(q)) == q["expectCount"])


def subjects():
    for key, name in (("W7.a", "W2"), ("W7.b", "W15")):
        schema, lines, queries = data(name)
        engine = load(schema, lines)
        ask = lambda q: engine.lookup_subjects(q["resource"], q["permission"], q["subjectType"]).ids
        for question in queries["lookupSubjects"]:
            expect("expectIds" not in question or sorted(ask(question)) == sorted(question["expectIds"]), "a lookup")
        measure(key, queries["lookupSubjects"], lambda q: len(ask(q)) == q.get("expectCount", len(ask(q))))


def bulk():
    schema, lines, queries = data("W2")
    engine = load(schema, lines)
    for key, which in (("W8.same", "bulkSame"), ("W8.mix", "bulkMix")):
        asked = [([one[:3] for one in triples(q)], [one["expect"] for one in q]) for q in queries[which]]
        measure(key, asked, lambda q: engine.check_bulk(q[0]) == q[1])


def fresh(count, kind):
    return [f"document:{kind}{number}#viewer@user:u{number % 1000}" for number in range(count)]


def writes():
    schema, lines, _ = data("W1")
    engine = load(schema, lines)
    batches = [fresh(1000, f"batch{number}_") for number in range(20)]
    once("W9.single", fresh(20_000, "single"), lambda line: engine.write(touch=[line]))
    once("W9.batch", batches, lambda batch: engine.write(touch=batch))
    expect(all(engine.check(line.split("#")[0], "view", line.split("@")[1]) for batch in batches for line in batch), "what was written")
    once("W9.delete", batches, lambda batch: engine.write(delete=batch))


def loading(name, key):
    schema, lines, queries = data(name)
    rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    before, started = rss(), time.perf_counter()
    check = load(schema, lines).check
    taken = time.perf_counter() - started
    say(key=f"{key}.text", **spread([taken]), rss=rss() - before)
    measure(f"{key}.text.check", triples(queries["allow"]), lambda q: check(q[0], q[1], q[2]) == q[3])


WORKLOADS = {
    "W1": lambda: checks("W1", {"W1.allow": "allow", "W1.deny": "deny"}),
    "W2": lambda: checks("W2", {"W2.allow": "allow"}),
    "W3": lambda: checks("W3", {"W3.allow": "allow", "W3.deny": "deny"}),
    "W4": lambda: checks("W4", {"W4.allow": "allow", "W4.deny": "deny"}),
    "W13": lambda: checks("W2", {"W13.deny": "deny"}),
    "W14": lambda: checks("W14", {"W14.allow": "allow", "W14.deny": "deny"}),
    "W15": lambda: checks("W15", {"W15.allow": "allow", "W15.deny": "deny"}),
    "W6": resources,
    "W7": subjects,
    "W8": bulk,
    "W9": writes,
    "W10": lambda: loading("W1", "W10.small"),
    "W10M": lambda: loading("W10M", "W10.million"),
}

try:
    WORKLOADS[WORKLOAD]()
except pemba.PembaError as error:
    say(failed=str(error))
