#!/usr/bin/python3
"""100,000 notices that are due in the same moment.

    BACKORDERD=PATH storm.py [each] [digest]

`each`: every line is another customer's: more messages than the cap, so that all are held, and none
leaves; the daemon answers its operators all the while. `digest`: a hundred customers, each told of
all their lines in one mail.
"""

import os
import sys
import time

from checks import Checks
from sweep_world import SweepWorld

LINES = 100_000
CUSTOMERS = 100
# Other work on the machine counts as well; the daemon's own is done in pieces of a fraction of it.
ANSWER_SECONDS = 10
WITHIN_SECONDS = 300

RULES = '''
version: 1
cadence:
  - name: everyone
    match: {{}}
    messages: {{ opened: {{ template: opened }} }}
{digest}'''
DIGEST = '    digest: { by: customer, window: 1m, template: opened }\n'


def prepare(world, customers):
    daemon = world.fresh()
    digest = DIGEST if customers < LINES else ''
    daemon._write('rules.d/rules.yaml', RULES.format(digest=digest))
    with open(os.path.join(daemon.folder, 'drop/lines.csv'), 'w') as file:
        file.write('line,order.number,item.id,item.name,ordered,customer.id,contact.email\n')
        for n in range(LINES):
            customer = n % customers
            file.write(f'L{n},SO-{n},P-{n % 500},L{n},10,C{customer},'
                       f'c{customer}@customer.example\n')
    return daemon


def memory_mib(daemon):
    with open(f'/proc/{daemon.process.pid}/status') as file:
        peak = [line.split()[1] for line in file if line.startswith('VmHWM')]
    return int(peak[0]) // 1024


def ask_until(daemon, holds):
    """(whether it came to hold, how long that took, the slowest answer on the way)."""
    began = time.monotonic()
    slowest = 0
    while time.monotonic() - began < WITHIN_SECONDS and not daemon.ended():
        asked = time.monotonic()
        done = holds()
        slowest = max(slowest, time.monotonic() - asked)
        if done:
            return True, time.monotonic() - began, slowest
        time.sleep(0.1)
    return False, time.monotonic() - began, slowest


def check_pace(checks, daemon, outcome, what, bounded):
    done, took, slowest = outcome
    checks.check(f'{what} after {took:.0f} s', done, daemon.log_text()[-2000:])
    if bounded:
        checks.check(f'it answered all the while, after {slowest:.1f} s at most',
                     slowest < ANSWER_SECONDS)
    print(f'      the slowest answer took {slowest:.1f} s, {memory_mib(daemon)} MiB at most',
          flush=True)


def each(checks, world):
    daemon = prepare(world, LINES)
    daemon.start()
    daemon.wait_until_ready()
    check_pace(checks, daemon, ask_until(
        daemon, lambda: (
            daemon.ask('status') or {'notices': {}})['notices'].get('held') == LINES),
        f'{LINES} notices are held', bounded=True)
    checks.check('nothing has left', not world.take()['mail'])
    checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)
    world.forget(daemon)


def digest(checks, world):
    daemon = prepare(world, CUSTOMERS)
    daemon.start()
    daemon.wait_until_ready()
    outcome = ask_until(daemon, lambda: daemon.ask('status') is not None and len(
        world.sinks['mail'].copies) == CUSTOMERS)
    check_pace(checks, daemon, outcome, f'{CUSTOMERS} mails have left', bounded=False)
    copies = world.take()['mail']
    told = [word for copy in copies for word in copy.text.split() if word[0] == 'L']
    checks.check(f'and tell of each of {LINES} lines once',
                 len(told) == LINES and len(set(told)) == LINES, len(told))
    checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)
    world.forget(daemon)


def main(parts):
    checks = Checks()
    with SweepWorld(os.environ['BACKORDERD']) as world:
        for name, run in (('each', each), ('digest', digest)):
            if not parts or name in parts:
                print(f'-- {name}', flush=True)
                run(checks, world)
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
