#!/usr/bin/python3
"""The disk fails or is full, at each write and sync in turn and on a small file system.

    BACKORDERD=PATH disk_faults.py [--points N] [eio] [enospc] [full]

`eio`: the n-th fsync or fdatasync of database and journal fails: the process ends, says why, and
syncs that file no more; the next start is safe. `enospc`: from the n-th write on, every write to
the database or to the journal finds the disk full. `full`: a tmpfs that somebody else fills while
messages are under way; needs root for its mount. `--points`: at most so many of each kind of call.
"""

import argparse
import collections
import os
import re
import subprocess
import sys
import time

from checks import Checks, wait_until
from sweep import stop_traced
from sweep_world import SweepWorld, describe, faults, journal_hashes, run_until_done

END_SECONDS = 20
TMPFS_MIB = 48
DISK = 'disk: { free_min_mib: 16, reserve_mib: 8 }\n'

DATABASE = ['store/data/backorderd.db', 'store/data/backorderd.db-wal']
# SQLite goes on where its folder cannot be synced; so does what stands in it.
FOLDER = ['store/data']
JOURNAL = ['journal', 'journal/send.journal']


def under_strace(daemon, call, fault, files, output):
    paths = [part for file in files for part in ('-P', os.path.join(daemon.folder, file))]
    return ['strace', '-f', '-y', '-qqq', '-o', output, '-e', f'trace={call}',
            '-e', 'signal=none', '-e', f'inject={call}:{fault}', *paths]


def count_calls(world, call, files):
    daemon = world.fresh()
    output = os.path.join(daemon.folder, 'trace')
    # An injection that never comes: it lets the same filter count.
    run_until_done(daemon, under_strace(daemon, call, 'error=EIO:when=65000', files, output))
    stop_traced(daemon)
    with open(output) as file:
        count = sum(call in line for line in file)
    world.forget(daemon)
    return count


def spread(count, points):
    step = max(1, -(-count // points))
    return range(1, count + 1, step)


def syncs_after_fault(output):
    """Syncs of a file after one of it has failed; the file's name stands in angle brackets.

    The database's own file is left out: whether it is synced or not, nothing is believed to be on
    the disk before the process ends, and SQLite undoes the first transaction of a new one."""
    failed, again = set(), []
    with open(output) as trace:
        for line in trace:
            name = re.search(r'<([^>]*)>', line)
            if not name:
                continue
            if name[1] in failed and not name[1].endswith('.db'):
                again.append(line.strip())
            if 'INJECTED' in line:
                failed.add(name[1])
    return again[:3]


def recover(world, daemon):
    """What the next start, without faults, makes of it."""
    queue = run_until_done(daemon)
    if queue is None:
        return [f'it did not start again:\n{daemon.log_text()[-2000:]}']
    daemon.stop()
    wrong = faults(queue, world.take(), journal_hashes(daemon))
    return wrong + [describe(queue)] if wrong else []


def fail_at(world, call, fault, files, must_end):
    """(ended by itself, what went wrong)."""
    daemon = world.fresh()
    output = os.path.join(daemon.folder, 'trace')
    wrong = []
    try:
        run_until_done(daemon, under_strace(daemon, call, fault, files, output))
        ended = wait_until(daemon.ended, END_SECONDS if must_end else 0.1)
        with open(output) as trace:
            injected = 'INJECTED' in trace.read()
        if not ended:
            stop_traced(daemon)
        elif daemon.process.returncode != 3:
            wrong.append(f'it ended with {daemon.process.returncode}')
        if injected and must_end and not ended:
            wrong.append('it did not end')
        log = daemon.log_text()
        if ended and not re.search(r'"event":"(store|journal)\.\w+".*"reason":"[^"]*'
                                   r'(disk I/O error|syncing|disk is full|No space left|'
                                   r'cannot be written|Input/output)', log):
            wrong.append(f'it does not say why:\n{log[-1500:]}')
        if must_end and 'sync' in call:
            wrong += [f'synced again: {line}' for line in syncs_after_fault(output)]
        daemon.process = None
        return ended, wrong + recover(world, daemon)
    finally:
        daemon.kill()
        world.forget(daemon)


def sweep_faults(checks, name, most, kinds):
    """`kinds`: (call, fault with {n}, files, whether it must end the process)."""
    with SweepWorld(os.environ['BACKORDERD']) as world:
        points, ends = 0, 0
        for call, fault, files, must_end in kinds:
            count = count_calls(world, call, files)
            print(f'      {call} of {files[-1]}: {count} calls', flush=True)
            for number in spread(count, most):
                ended, wrong = fail_at(world, call, fault.format(n=number), files, must_end)
                points += 1
                ends += ended
                if wrong:
                    checks.check(f'{name} at {call} {number} of {count}, {files[-1]}', False,
                                 '\n      '.join(wrong))
        checks.check(f'{name}: {points} points, {ends} of them ended the process: 0 lost, 0 twice '
                     'outside of unknown', checks.failed == 0 and points > 0)


def eio(checks, most):
    sweep_faults(checks, 'EIO', most, [
        ('fsync', 'error=EIO:when={n}', DATABASE, True),
        ('fdatasync', 'error=EIO:when={n}', DATABASE, True),
        ('fdatasync', 'error=EIO:when={n}', FOLDER, False),
        ('fsync', 'error=EIO:when={n}', JOURNAL, True),
        ('fdatasync', 'error=EIO:when={n}', JOURNAL, True)])


def enospc(checks, most):
    sweep_faults(checks, 'ENOSPC', most, [
        ('pwrite64', 'error=ENOSPC:when={n}+', DATABASE, False),
        ('write', 'error=ENOSPC:when={n}+', JOURNAL, False)])


class SmallDisk:
    """A tmpfs, and a file that fills it."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={TMPFS_MIB}m', 'none', folder],
                       check=True)

    def fill(self):
        with open(os.path.join(self.folder, 'filler'), 'wb', buffering=0) as file:
            for block in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b'x' * block)
                except OSError:
                    continue

    def free(self):
        os.remove(os.path.join(self.folder, 'filler'))

    def unmount(self):
        subprocess.run(['umount', self.folder], check=False)


def states(daemon):
    queue = daemon.queue() or {'messages': []}
    return collections.Counter(message['state'] for message in queue['messages'])


def fill_while_sending(checks, world, disk, daemon):
    slow = [world.sinks['mail'], world.sinks['sms']]
    for sink in slow:
        sink.may_answer.clear()
    daemon.start()
    wait_until(lambda: all(sink.copies for sink in slow), END_SECONDS)
    time.sleep(1)  # As many as may be under way are.
    under_way = sum(len(sink.copies) for sink in slow)
    before = states(daemon)
    checks.check(f'{under_way} messages are under way when the disk fills up',
                 before['on_wire'] == under_way > 1, before)
    disk.fill()
    for sink in slow:
        sink.may_answer.set()
    held = wait_until(lambda: '"gate":"disk"' in daemon.log_text() or daemon.ended(), END_SECONDS)
    checks.check('the reserve is given up, and sending is held', held and not daemon.ended(),
                 daemon.log_text()[-3000:])
    wait_until(lambda: not states(daemon)['on_wire'], END_SECONDS)
    after = states(daemon)
    checks.check('what became of them is recorded all the same',
                 after['sent'] >= before['sent'] + under_way and not after['unknown'],
                 f'{before} -> {after}')
    checks.check('no source is read', wait_until(
        lambda: '"event":"poll.failed"' in daemon.log_text()
        and 'MiB are free' in daemon.log_text(), END_SECONDS), daemon.log_text()[-3000:])
    sent = sum(len(sink.copies) for sink in slow)
    time.sleep(2)
    checks.check('nothing more leaves', sum(len(sink.copies) for sink in slow) == sent)


def fill_disk(checks, _):
    with SweepWorld(os.environ['BACKORDERD'], extra=DISK) as world:
        disk = SmallDisk(os.path.join(world.root, 'disk'))
        try:
            daemon = world.fresh(store=disk.folder, journal='store/journal/send.journal')
            fill_while_sending(checks, world, disk, daemon)
            daemon.kill()
            daemon.start()
            wait_until(lambda: daemon.ended() or daemon.answers(), END_SECONDS)
            checks.check('after a kill on the full disk, it starts and holds, or says why not',
                         (daemon.ended() and 'full' in daemon.log_text())
                         or any(gate['gate'] == 'disk' for gate in daemon.ask('gates')),
                         daemon.log_text()[-2000:])
            disk.free()
            if daemon.ended():
                daemon.start()
            wait_until(lambda: daemon.queue() and '"event":"gate.down"' in daemon.log_text(), 90)
            daemon.stop()
            queue = run_until_done(daemon)
            checks.check('with room again, everything leaves', queue is not None,
                         daemon.log_text()[-3000:])
            wrong = faults(queue, world.take(),
                           journal_hashes(daemon, 'store/journal/send.journal'))
            unknown = sum(message['unknown_outcomes'] for message in queue['messages'])
            checks.check('0 lost, 0 twice, 0 unknown', not wrong and not unknown,
                         '\n      '.join([*wrong, describe(queue)]))
            checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)
        finally:
            daemon.kill()
            disk.unmount()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--points', type=int, default=10)
    options.add_argument('part', nargs='*', metavar='eio|enospc|full')
    options = options.parse_args()
    checks = Checks()
    for name, run in (('eio', eio), ('enospc', enospc), ('full', fill_disk)):
        if not options.part or name in options.part:
            print(f'-- {name}', flush=True)
            run(checks, options.points)
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main())
