"""The daemon under test, used as its operators use it: a settings file, `run`, and subcommands."""

import json
import os
import signal
import socket
import subprocess
import time

from erp_server import DAEMON_PASSWORD, DAEMON_USER
from mail_server import PASSWORD as MAIL_PASSWORD
from mail_server import USER as MAIL_USER

START_SECONDS = 300
STOP_SECONDS = 30

SETTINGS = '''
data_dir: data
rules_dir: rules.d
templates_dir: {templates}
control_socket: control.sock
stop_within: 10s
house:
  name: Nordhaus Technik
  from_address: orders@house.example
  language: en
  timezone: Europe/Berlin
outbox:
  retry_first: 1s
  retry_longest: 2s
log: {{ format: json, level: debug }}
sources:
  - name: erp
    kind: tryton
    url: {erp_url}
    database: {database}
    user: {erp_user}
    password: {{ file: erp-password }}
    poll_every: {poll_every}
    write_notes: true
    catalogue: true
senders:
  - name: mail
    kind: smtp
    url: smtp://127.0.0.1:{mail_port}
    tls: required
    ca_file: {certificate}
    user: {mail_user}
    password: {{ file: mail-password }}
'''

# No grace, no digest, no hours: what happens in the ERP is told at once, so that a test need not
# wait for a window to open.
RULES = '''
version: 1
teams:
  sales_rep: { from: line.sales_rep }
cadence:
  - name: everybody
    match: {}
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      promise_lapsed: { template: promise-lapsed }
      partly_available: { template: partly-available }
      available: { template: available }
      partly_shipped: { template: partly-shipped }
      shipped: { template: shipped }
      cancelled: { template: cancelled }
    no_contact: { alert: sales_rep }
substitution:
  - name: another motor
    match: { item.id: MO-24 }
    candidates:
      from: [rule]
      items: { MO-24: [MO-30] }
      price: { max_ratio: 1.1 }
      stock: { cover: full }
    offer: { max: 1, template: offer, answer_within: 5bd, hold: 48h }
escalation:
  - name: slipped
    match: { kind: backorder }
    start: { slips: { min: 1 } }
    steps:
      - { to: sales_rep, template: rep-alert }
'''


class Daemon:
    """`folder` gets settings, rules and the store; everything the daemon writes stays there."""

    def __init__(self, binary, folder, templates, erp, mail, poll_every):
        self.binary = binary
        self.folder = folder
        self.process = None
        self.log = os.path.join(folder, 'daemon.log')
        os.makedirs(os.path.join(folder, 'rules.d'))
        self.settings = os.path.join(folder, 'backorderd.yaml')
        self._write('backorderd.yaml', SETTINGS.format(
            templates=templates, erp_url=erp.url, database=erp.database, erp_user=DAEMON_USER,
            poll_every=poll_every, mail_port=mail.port, certificate=mail.certificate,
            mail_user=MAIL_USER))
        self._write('rules.d/cadence.yaml', RULES)
        self._write('erp-password', DAEMON_PASSWORD)
        self._write('mail-password', MAIL_PASSWORD)

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as file:
            file.write(text.lstrip('\n'))
        os.chmod(path, 0o600)

    def command(self, *arguments):
        """The outcome of one subcommand."""
        return subprocess.run(
            [self.binary, *arguments, '--config', self.settings],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def ask(self, *arguments):
        """The JSON answer of a subcommand; None where the daemon was not there to give it."""
        outcome = self.command(*arguments, '--json')
        try:
            return json.loads(outcome.stdout)
        except ValueError:
            return None

    def start(self):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [self.binary, 'run', '--config', self.settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def answers(self):
        """Whether the daemon listens; a killed one leaves its socket's file behind."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(os.path.join(self.folder, 'control.sock')) == 0

    def wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise RuntimeError(f'the daemon ended with {self.process.returncode}; '
                                   f'see {self.log}')
            if time.monotonic() > deadline:
                raise RuntimeError(f'the daemon is not ready in {START_SECONDS} s')
            time.sleep(0.05)

    def stop(self):
        """SIGTERM, as systemd does; the exit status, or None where it had to be killed."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        self.process = None
        return status

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def queue(self):
        return self.ask('queue', 'list', '--limit', '1000')
