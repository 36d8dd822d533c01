#!/usr/bin/python3
"""An hour of a busy house on a real Postfix, and what the daemon holds on to all the while.

    BACKORDERD=PATH tests/integration/sweep.sh soak.py [MINUTES]

A world in which everything happens some hundred times as often as in a real one: the export is
written anew every few seconds, with new orders, dates that slip, parts and wholes that ship, lines
that are cancelled and lines under another id; operators ask, silence, make backups and reload.
After a sixth of the time the daemon is killed, after a third it is stopped, and then it lives on.
Memory, descriptors, threads, the write-ahead log and the send journal are measured every few seconds
and must stay within their bounds; every mail arrives once.
"""

import collections
import os
import random
import re
import statistics
import sys
import tempfile
import shutil
import time

from checks import Checks
from mail_server import PASSWORD, USER, MailServer
from sweep_world import SweepDaemon
from world import REPOSITORY

LINES = 400          # on back order at any time
ROUND_SECONDS = 3
BOX = 'c0@customer.example'
QUIET_SECONDS = 60   # until everything has left, at the end

# What may be held on to, whatever happened before.
MEMORY_GROWTH = 1.05          # of the last third's median over that of the one before
MEMORY_GROWTH_MIB = 4
DESCRIPTORS_MAX = 64
WAL_MIB_MAX = 64
JOURNAL_BYTES_A_MESSAGE = 256
AGAIN_MAX = 100               # marked ahead of their turn when it was killed

SETTINGS = '''
data_dir: store
rules_dir: rules.d
templates_dir: {templates}
control_socket: control.sock
journal: journal/send.journal
house: {{ name: Nordhaus, from_address: orders@house.example, language: en }}
outbox: {{ retry_first: 1s, retry_longest: 2s }}
guards:
  blast_radius: {{ max: 100000 }}
  mass_change: {{ max_share: 1.0 }}
log: {{ format: json, level: info }}
sources:
  - {{ name: erp, kind: files, folder: drop, poll_every: 1s, settle: 0s, adopt: false }}
senders:
  - name: mail
    kind: smtp
    url: smtp://127.0.0.1:{port}
    tls: required
    ca_file: {certificate}
    user: {user}
    password: {{ file: mail-password }}
'''

RULES = '''
version: 1
cadence:
  - name: everyone
    match: {}
    send_window: { hours: "00:00-24:00", days: [mon, tue, wed, thu, fri, sat, sun], in: calendar }
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      partly_shipped: { template: partly-shipped }
      shipped: { template: shipped }
      cancelled: { template: cancelled }
'''

HEADER = ('line,order.number,item.id,item.name,ordered,shipped,cancelled,promise,customer.id,'
          'contact.email\n')


class Line:
    """One order line; what its customer hears names its item."""

    def __init__(self, number):
        self.number = number
        self.ids = 0
        self.shipped = self.cancelled = 0
        self.day = 30

    def row(self):
        return (f'L{self.number}-{self.ids},SO-{self.number},P-{self.number},item{self.number},10,'
                f'{self.shipped},{self.cancelled},2027-{1 + self.day // 28 % 12:02}-'
                f'{1 + self.day % 28:02},C{self.number},c{self.number % 50}@customer.example\n')


class House:
    """The ERP's side: what is open, and what happens to it."""

    def __init__(self, drop, seed):
        self.drop = drop
        self.dice = random.Random(seed)
        self.lines = []
        self.opened = 0

    def live(self):
        self.lines = [line for line in self.lines if line.shipped + line.cancelled < 10]
        while len(self.lines) < LINES:
            self.opened += 1
            self.lines.append(Line(self.opened))
        for line in self.dice.sample(self.lines, LINES // 10):
            what = self.dice.randrange(10)
            if what < 4:
                line.day += 3
            elif what < 6:
                line.shipped = max(line.shipped, 4)
            elif what < 8:
                line.shipped = 10
            elif what < 9:
                line.cancelled = 10 - line.shipped
            else:
                line.ids += 1
        self.write()

    def known(self):
        """A line that the daemon has read, unless it has not polled for minutes."""
        return self.dice.choice([line for line in self.lines[:LINES // 2]
                                 if line.shipped + line.cancelled < 10])

    def write(self):
        new = os.path.join(self.drop, '.lines.new')
        with open(new, 'w') as file:
            file.write(HEADER + ''.join(line.row() for line in self.lines))
        os.replace(new, os.path.join(self.drop, 'lines.csv'))


Sample = collections.namedtuple('Sample', 'at memory descriptors threads wal journal database')


def measure(daemon, began):
    process = f'/proc/{daemon.process.pid}'
    with open(f'{process}/status') as file:
        status = dict(line.split(':', 1) for line in file)
    size = lambda name: os.path.getsize(name) if os.path.exists(name) else 0
    store = os.path.join(daemon.folder, 'store', 'backorderd.db')
    folder = os.path.join(daemon.folder, 'journal')
    journal = sum(size(os.path.join(folder, name)) for name in os.listdir(folder))
    return Sample(time.monotonic() - began, int(status['VmRSS'].split()[0]) / 1024,
                  len(os.listdir(f'{process}/fd')), int(status['Threads']),
                  size(store + '-wal') / 2**20, journal, size(store) / 2**20)


class Operators:
    """Ask and command as people do, one thing after the other."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.turn = 0
        self.refused = []

    def act(self, line):
        self.turn += 1
        who = ['--author', 'anna', '--reason', 'soak']
        order = f'SO-{line.number}'
        commands = [['status'], ['lines', '--limit', '50'], ['explain', order], ['queue', 'list'],
                    ['respond', order, '--answer', 'keep_waiting', '--author', 'anna'],
                    ['silence', 'add', '--match', f'order.number={order}', '--for', '1m', *who],
                    ['reload'], ['gates'],
                    ['backup', os.path.join(self.daemon.folder, 'copy.db'), '--author', 'anna']]
        command = commands[self.turn % len(commands)]
        if command[0] == 'backup' and os.path.exists(command[1]):
            os.remove(command[1])
        outcome = self.daemon.command(*command)
        if outcome.returncode:
            self.refused.append(f'{" ".join(command)}: {outcome.stdout}{outcome.stderr}')


def make_daemon(folder, mail):
    daemon = SweepDaemon(os.environ['BACKORDERD'], folder)
    for name in ('drop', 'rules.d', 'journal'):
        os.makedirs(os.path.join(folder, name))
    daemon._write('backorderd.yaml', SETTINGS.format(
        templates=os.path.join(REPOSITORY, 'config', 'templates'), port=mail.port,
        certificate=mail.certificate, user=USER))
    daemon._write('rules.d/rules.yaml', RULES)
    daemon._write('mail-password', PASSWORD)
    return daemon


def live(checks, daemon, house, seconds):
    """The samples of the last life, in which nothing is ended."""
    samples, said = [], 0
    ends = [(seconds / 6, daemon.kill), (seconds / 3, daemon.stop)]
    operators = Operators(daemon)
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        house.live()
        operators.act(house.known())
        samples.append(measure(daemon, began))
        if now * 20 / seconds >= said:
            said += 1
            say(samples[-1])
        if ends and now > ends[0][0]:
            ended = ends.pop(0)[1]()
            checks.check('it was killed, or SIGTERM ended it with status 0', not ended)
            daemon.start()
            daemon.wait_until_ready()
            samples = []
        time.sleep(max(0, ROUND_SECONDS - (time.monotonic() - began - now)))
    checks.check('no command was refused', not operators.refused, operators.refused[:3])
    return samples


def say(sample):
    print(f'      {sample.at / 60:5.1f} min: {sample.memory:6.1f} MiB, {sample.descriptors} '
          f'descriptors, {sample.threads} threads, WAL {sample.wal:5.1f} MiB, journal '
          f'{sample.journal / 1024:8.0f} KiB, database {sample.database:6.1f} MiB', flush=True)


def check_bounds(checks, samples, messages):
    third = len(samples) // 3
    middle, last = samples[third:2 * third], samples[2 * third:]
    before = statistics.median(sample.memory for sample in middle)
    after = statistics.median(sample.memory for sample in last)
    checks.check(f'memory does not grow: {before:.1f} MiB, then {after:.1f} MiB',
                 after <= before * MEMORY_GROWTH + MEMORY_GROWTH_MIB)
    most = max(sample.descriptors for sample in samples)
    checks.check(f'at most {most} descriptors', most <= DESCRIPTORS_MAX)
    threads = {sample.threads for sample in last}
    checks.check(f'threads stay: {sorted(threads)}', max(threads) <= max(
        sample.threads for sample in middle))
    wal = max(sample.wal for sample in samples)
    checks.check(f'the write-ahead log has at most {wal:.1f} MiB', wal <= WAL_MIB_MAX)
    journal = samples[-1].journal
    checks.check(f'the journal has {journal / max(messages, 1):.0f} bytes a message',
                 journal <= messages * JOURNAL_BYTES_A_MESSAGE)


def check_mails(checks, daemon, mail, house):
    """Every message that counts as sent is in a Maildir once, every opened line was told of once."""
    house.write()
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline:
        messages = (daemon.ask('status') or {}).get('messages', {})
        if not set(messages) & {'ready', 'claimed', 'on_wire', 'deferred'} and not mail.queued():
            break
        time.sleep(1)
    found = [message for box in (BOX, 'elsewhere') for message in mail.mails(box)]
    ids = collections.Counter(message['Message-ID'] for message in found)
    sent = messages.get('sent', 0)
    checks.check(f'{sent} messages count as sent, and as many arrived', len(ids) == sent,
                 f'{len(ids)} arrived; {messages}')
    twice = {id_: count for id_, count in ids.items() if count > 1}
    # A mail that a kill caught on the wire is sent again once, under the same id.
    checks.check(f'{len(twice)} came again, after a kill', all(
        count == 2 for count in twice.values()) and len(twice) <= AGAIN_MAX, list(twice.items())[:3])
    told = collections.Counter()
    for id_, message in {message['Message-ID']: message for message in found}.items():
        if 'is on back order' in message['Subject']:
            told.update(re.findall(r'item(\d+)', message['Subject']))
    again = [number for number, count in told.items() if count > 1]
    checks.check(f'{len(told)} of {house.opened} lines were told of once', not again, again[:5])
    return sent


def main(arguments):
    minutes = float(arguments[0]) if arguments else 60
    checks = Checks()
    folder = tempfile.mkdtemp(prefix='backorderd-soak-')
    mail = MailServer(os.path.join(folder, 'mail'), [BOX])
    os.makedirs(mail.folder)
    os.chmod(folder, 0o755)
    daemon = None
    try:
        mail.start()
        os.makedirs(os.path.join(folder, 'daemon'))
        daemon = make_daemon(os.path.join(folder, 'daemon'), mail)
        house = House(os.path.join(daemon.folder, 'drop'), 1)
        house.live()
        daemon.start()
        daemon.wait_until_ready()
        samples = live(checks, daemon, house, minutes * 60)
        say(samples[-1])
        sent = check_mails(checks, daemon, mail, house)
        check_bounds(checks, samples, sent)
        checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)
    finally:
        if daemon:
            daemon.kill()
        mail.stop()
        if os.environ.get('BACKORDERD_KEEP'):
            print(f'kept: {folder}')
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
