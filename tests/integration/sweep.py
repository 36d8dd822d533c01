#!/usr/bin/python3
"""The daemon is killed at its n-th durable or network write, for every n-th, and started again.

    BACKORDERD=PATH sweep.py [--all | --seconds S] [--jobs N] [--only CALL [--number N]]

A run tells twenty lines through three channels (sweep_world.py). strace ends it with SIGKILL right
before the n-th call of a kind; the next start must bring everything to its end: nothing lost,
nothing twice but where an outcome was unknown, and that treated as the channel says. Every fourth
time the start after the kill is killed as well. `--all` takes every call; without it, so many are
taken that the sweep lasts about `--seconds`.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import subprocess
import sys
import time

from checks import Checks
from sweep_world import SweepWorld, describe, faults, journal_hashes, run_until_done

# Mail and HTTP leave by sendto; sendmsg only answers who asks the daemon something.
CALLS = ['write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'rename', 'unlink', 'sendto']
KILLED_TWICE_EVERY = 4
# What a point takes beyond an undisturbed run: the start after the kill, and looking at it all.
POINT_SECONDS = 1.5
# A sweep of every call takes long: it says how far it is.
TOLD_EVERY = 50
# The rest of the points is left out where they take this much longer than was thought.
LATE_SHARE = 1.5

Point = collections.namedtuple('Point', 'call number again')


def strace(calls, *inject, output='/dev/null'):
    expressions = [part for one in inject for part in ('-e', f'inject={one}')]
    return ['strace', '-f', '-qqq', '-o', output,
            '-e', f'trace={",".join(calls)}', '-e', 'signal=none', *expressions]


def count_calls(world):
    """How often an undisturbed run makes each of the calls, and how long one takes."""
    daemon = world.fresh()
    trace = os.path.join(daemon.folder, 'trace')
    began = time.monotonic()
    queue = run_until_done(daemon, strace(CALLS, output=trace))
    took = time.monotonic() - began
    stop_traced(daemon)
    if queue is None:
        raise RuntimeError(f'the undisturbed run ended early:\n{daemon.log_text()[-2000:]}')
    found = faults(queue, world.take(), journal_hashes(daemon))
    with open(trace) as file:
        counts = collections.Counter(line.split()[1].split('(')[0] for line in file
                                     if '(' in line and 'resumed' not in line)
    world.forget(daemon)
    return {call: counts[call] for call in CALLS if counts[call]}, found, took


def stop_traced(daemon):
    """SIGTERM to the daemon, not to strace, which would detach from it."""
    children = subprocess.run(['pgrep', '-P', str(daemon.process.pid)], capture_output=True,
                              text=True).stdout.split()
    for child in children:
        os.kill(int(child), 15)
    daemon.process.wait(30)
    daemon.process = None


def kill_at(world, point, calls):
    """(whether it was killed, what went wrong, what the outcomes were)."""
    daemon = world.fresh()
    try:
        kill = f'{point.call}:signal=KILL:when={point.number}'
        run_until_done(daemon, strace([point.call], kill))
        killed = daemon.ended()
        if not killed:
            stop_traced(daemon)
        if point.again and killed:
            call, number = point.again
            run_until_done(daemon, strace([call], f'{call}:signal=KILL:when={number}'))
            if not daemon.ended():
                stop_traced(daemon)
        queue = run_until_done(daemon)
        if queue is None:
            return killed, [f'it did not start again:\n{daemon.log_text()[-2000:]}'], None
        daemon.stop()
        wrong = faults(queue, world.take(), journal_hashes(daemon))
        if wrong:
            wrong.append(describe(queue))
            if os.environ.get('BACKORDERD_KEEP'):
                wrong.append(daemon.folder)
        unknown = collections.Counter(
            f'{message["channel"]} {message["state"]}' for message in queue['messages']
            if message['unknown_outcomes'])
        return killed, wrong, unknown
    finally:
        daemon.kill()
        world.forget(daemon)


def points_of(counts, most, seed):
    """At most so many points, every n-th call of each kind; rare kinds give way last. The first of
    each is drawn, so that runs differ."""
    chance = random.Random(seed)
    flat = [(call, number) for call, count in counts.items() for number in range(1, count + 1)]
    chosen = []
    for left, (call, count) in enumerate(sorted(counts.items(), key=lambda kind: kind[1])):
        share = max(1, (most - len(chosen)) // (len(counts) - left))
        step = max(1, -(-count // share))
        chosen += [(call, number) for number in range(chance.randint(1, step), count + 1, step)]
    return [Point(call, number,
                  chance.choice(flat) if i % KILLED_TWICE_EVERY == KILLED_TWICE_EVERY - 1 else None)
            for i, (call, number) in enumerate(chosen)]


def sweep(worlds, points, counts, checks, until):
    reached = collections.Counter()
    unknown = collections.Counter()
    twice = left_out = 0
    free = list(worlds)

    def run(point):
        if time.monotonic() > until:
            return None
        world = free.pop()
        try:
            return kill_at(world, point, counts)
        finally:
            free.append(world)

    with concurrent.futures.ThreadPoolExecutor(len(worlds)) as pool:
        for done, (point, outcome) in enumerate(zip(points, pool.map(run, points))):
            if done and done % TOLD_EVERY == 0:
                print(f'-- {done} of {len(points)} points', flush=True)
            if outcome is None:
                left_out += 1
                continue
            killed, wrong, outcomes = outcome
            reached[point.call] += killed
            twice += bool(killed and point.again)
            unknown.update(outcomes or {})
            if wrong:
                again = f', then {point.again[0]} {point.again[1]}' if point.again else ''
                checks.check(f'{point.call} {point.number} of {counts[point.call]}{again}', False,
                             '\n      '.join(wrong))
    print(f'-- {len(points)} points: {sum(reached.values())} kills, {left_out} left out for want of '
          'time, and in the rest all was over before that call')
    print('-- killed before: ' + ', '.join(f'{call} {reached[call]} of {counts[call]}'
                                           for call in counts), flush=True)
    print(f'-- messages of which the outcome was unknown, and their end: {dict(unknown)}',
          flush=True)
    return sum(reached.values()), twice


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--all', action='store_true')
    options.add_argument('--seconds', type=float, default=120)
    options.add_argument('--jobs', type=int, default=2)
    options.add_argument('--only', choices=CALLS)
    options.add_argument('--number', type=int)
    options = options.parse_args()
    checks = Checks()
    seed = int(os.environ.get('BACKORDERD_SEED', random.randrange(2 ** 32)))
    worlds = [SweepWorld(os.environ['BACKORDERD']) for _ in range(options.jobs)]
    try:
        counts, wrong, took = count_calls(worlds[0])
        checks.check('an undisturbed run tells each line once', not wrong, '\n      '.join(wrong))
        total = sum(counts.values())
        print(f'-- {total} calls in {took:.1f} s: {counts}, seed {seed}', flush=True)
        if options.only:
            counts = {options.only: counts[options.only]}
        most = total if options.all else max(
            len(counts), int(options.seconds * options.jobs / (took + POINT_SECONDS)))
        points = points_of(counts, most, seed)
        if options.number:
            points = [Point(options.only, options.number, None)]
        began = time.monotonic()
        until = began + (options.seconds * LATE_SHARE if not options.all else float('inf'))
        random.Random(seed).shuffle(points)
        killed, twice = sweep(worlds, points, counts, checks, until)
        checks.check(f'{killed} kill points, {twice} of them killed again while starting: 0 lost, '
                     f'0 twice outside of unknown ({time.monotonic() - began:.0f} s)',
                     checks.failed == 0 and killed > 0)
    finally:
        for world in worlds:
            world.__exit__()
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main())
