"""What the sweeps run: the daemon, twenty lines on back order, and three channels with their sinks.

A channel is one row of CHANNELS: its sender, the rule that reaches it, whom a line of it names, and
what becomes of an attempt of which nobody knows whether it arrived.
"""

import base64
import collections
import hashlib
import hmac
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from daemon import Daemon
from sinks import GatewaySink, MailSink, WebhookSink

IDLE_SECONDS = 60
NEVER_AGAIN, ONCE_MORE, AGAIN = 'never again', 'once more', 'again'

SETTINGS = '''
data_dir: store/data
rules_dir: rules.d
templates_dir: templates
control_socket: control.sock
journal: {journal}
stop_within: 5s
house: {{ name: Nordhaus, from_address: orders@house.example, language: en }}
outbox: {{ retry_first: 1s, retry_longest: 1s, pause_after: 1000 }}
log: {{ format: json, level: debug, personal_data: true }}
sources:
  - {{ name: erp, kind: files, folder: drop, poll_every: 1s, settle: 0s, adopt: false }}
{extra}senders:
'''

HOOK_KEY = 'whsec_' + base64.b64encode(bytes(32)).decode()

ALWAYS = '{ hours: "00:00-24:00", days: [mon, tue, wed, thu, fri, sat, sun], in: calendar }'

TEMPLATE = '''%% subject
{subject}

%% text
{{{{#lines}}}}{{{{item}}}} {{{{/lines}}}}

%% html
<p>On back order</p>

%% sms
{{{{#lines}}}}{{{{item}}}} {{{{/lines}}}}
'''

# `to_customers`: the `channels` of a cadence policy; empty: it reaches our own people.
Channel = collections.namedtuple('Channel', 'name lines sender address to_customers policy sink')


CHANNELS = (
    Channel('mail', 8, '  - {{ name: mail, kind: smtp, url: "smtp://127.0.0.1:{port}", '
            'tls: never }}', 'buyer{n}@customer.example', '[email]', ONCE_MORE, MailSink),
    Channel('sms', 6, '  - {{ name: sms, kind: http, url: "http://127.0.0.1:{port}/", '
            'body_format: json, body: \'{{"id": "{{{{id}}}}", "text": "{{{{text}}}}"}}\' }}',
            '+43664100{n:04}', '[sms]', NEVER_AGAIN, GatewaySink),
    Channel('hook', 6, '  - {{ name: hook, kind: webhook, url: "http://127.0.0.1:{port}/", '
            'allow_http: true, allow_private: true, secret: {{ file: hook-key }} }}',
            'desk{n}@house.example', '', AGAIN, WebhookSink),
)


def rules():
    """A cadence policy for each channel to customers, a ladder and a team for each other line."""
    teams, cadence, escalation = '', '', ''
    for channel in CHANNELS:
        if channel.to_customers:
            cadence += (f'  - name: {channel.name}\n'
                        f'    match: {{ customer.tier: {channel.name} }}\n'
                        f'    channels: {channel.to_customers}\n    send_window: {ALWAYS}\n'
                        f'    messages: {{ opened: {{ template: opened }} }}\n')
            continue
        for n, (token, _, columns) in enumerate(lines_of(channel)):
            teams += (f'  {channel.name}{n}: {{ email: ["{columns[-1]}"], '
                      f'sender: {channel.name} }}\n')
            escalation += (f'  - name: {token}\n    match: {{ item.id: P-{token} }}\n'
                           f'    steps: [ {{ to: {channel.name}{n}, template: alert }} ]\n')
    return f'version: 1\nteams:\n{teams}cadence:\n{cadence}escalation:\n{escalation}'


def lines_of(channel):
    """(token, channel, columns) of each line; the token stands in what is told of it, and whom it
    is told to stands in the last column."""
    for n in range(channel.lines):
        token = f'{channel.name.upper()}-{n:03}'
        address = channel.address.format(n=n)
        mail, phone = (address, '') if channel.to_customers == '[email]' else ('', address)
        yield token, channel, [token, f'SO-{token}', f'P-{token}', token, '10', f'C-{token}',
                               channel.name, mail, phone if channel.to_customers else '', address]


def lines():
    return [line for channel in CHANNELS for line in lines_of(channel)]


class SweepDaemon(Daemon):
    """The program with the settings of a sweep, startable under another program."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.process = None
        self.log = os.path.join(folder, 'daemon.log')
        self.settings = os.path.join(folder, 'backorderd.yaml')

    def start(self, under=()):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [*under, self.binary, 'run', '--config', self.settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ended(self):
        return self.process.poll() is not None

    def queue(self):
        """Asked at the socket itself: a process for each look would be most of a sweep's time."""
        connection = http.client.HTTPConnection('backorderd', timeout=60)
        try:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(os.path.join(self.folder, 'control.sock'))
            connection.request('POST', '/queue.list', json.dumps({'limit': 1000}))
            return json.loads(connection.getresponse().read())['result']
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return None  # It was not there to answer.
        finally:
            connection.close()

    def log_text(self):
        with open(self.log, errors='replace') as log:
            return log.read()


class SweepWorld:
    """Sinks that stay, and for each run a fresh folder: settings, rules, lines, no store yet."""

    def __init__(self, binary, parent=None, extra=''):
        self.binary = os.path.abspath(binary)
        self.extra = extra
        self.root = tempfile.mkdtemp(prefix='backorderd-sweep-', dir=parent)
        self.sinks = {channel.name: channel.sink() for channel in CHANNELS}
        self.runs = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sink in self.sinks.values():
            sink.stop()
        if os.environ.get('BACKORDERD_KEEP'):
            print(f'kept: {self.root}')
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def fresh(self, store=None, journal=None):
        """The daemon of the next run, whose folder is new. `store`: where its data are to lie."""
        self.runs += 1
        folder = os.path.join(self.root, f'run-{self.runs}')
        for part in ['rules.d', 'drop', 'templates']:
            os.makedirs(os.path.join(folder, part))
        if store:
            os.symlink(store, os.path.join(folder, 'store'))
        else:
            os.makedirs(os.path.join(folder, 'store'))
        daemon = SweepDaemon(self.binary, folder)
        text = SETTINGS.format(journal=journal or 'journal/send.journal', extra=self.extra)
        for channel in CHANNELS:
            sink = self.sinks[channel.name]
            text += channel.sender.format(port=sink.port) + '\n'
        daemon._write('backorderd.yaml', text)
        daemon._write('hook-key', HOOK_KEY)
        daemon._write('rules.d/rules.yaml', rules())
        daemon._write('templates/opened.en.mustache', TEMPLATE.format(subject='On back order'))
        daemon._write('templates/alert.en.mustache', TEMPLATE.format(subject='Look at this'))
        rows = ['line,order.number,item.id,item.name,ordered,customer.id,customer.tier,'
                'contact.email,contact.phone']
        rows += [','.join(columns[:-1]) for _, _, columns in lines()]
        daemon._write('lines.csv', '\n'.join(rows) + '\n')
        os.replace(os.path.join(folder, 'lines.csv'), os.path.join(folder, 'drop/lines.csv'))
        return daemon

    def forget(self, daemon):
        self.take()
        if not os.environ.get('BACKORDERD_KEEP'):
            shutil.rmtree(daemon.folder, ignore_errors=True)

    def take(self):
        return {name: sink.take() for name, sink in self.sinks.items()}


def is_done(queue):
    """Every line has been told, or given up, and nothing is on its way."""
    if queue is None or queue['planned']:
        return False
    ended = [message['to'] for message in queue['messages']
             if message['state'] in ('sent', 'unknown')]
    moving = [message for message in queue['messages']
              if message['state'] not in ('sent', 'unknown', 'superseded')]
    return not moving and sorted(ended) == sorted(columns[-1] for _, _, columns in lines())


def run_until_done(daemon, under=()):
    """The daemon runs until all is told; returns its queue, or None where it ended before."""
    daemon.start(under)
    deadline = time.monotonic() + IDLE_SECONDS
    queue = None
    while time.monotonic() < deadline and not daemon.ended():
        queue = daemon.queue() or queue
        if is_done(queue):
            return queue
        time.sleep(0.03)
    return None if daemon.ended() else queue


def journal_hashes(daemon, journal='journal/send.journal'):
    """The key of a send journal, and the messages that it says were about to leave."""
    path = os.path.join(daemon.folder, journal)
    with open(f'{path}.key') as file:
        key = file.read().strip()
    with open(path) as file:
        wired = {line.split()[4] for line in file if line.split()[3] == 'wire'}

    def knows(identity):
        digest = hmac.new(key.encode(), identity.encode(), hashlib.sha256).hexdigest()
        return digest[:32] in wired
    return knows


def faults(queue, copies, knows):
    """What a run did against the promises of the outbox; empty: nothing."""
    found = []
    by_address = {message['to']: message for message in queue['messages']}
    for token, channel, columns in lines():
        got = [copy for copy in copies[channel.name] if token in copy.text.split()]
        message = by_address.get(columns[-1])
        state = message['state'] if message else 'no message'
        unsure = message['unknown_outcomes'] if message else 0
        # A person decides of what the channel does not send again: the queue shows it to them.
        enough = {NEVER_AGAIN: unsure >= 1, ONCE_MORE: unsure >= 2, AGAIN: False}[channel.policy]
        held = state == 'unknown' and enough
        if not got and not held:
            found.append(f'{token} is lost ({state})')
        if message and state not in ('sent', 'unknown'):
            found.append(f'{token} did not come to its end ({state}, {message["state_reason"]})')
        if len({copy.identity for copy in got}) > 1:
            found.append(f'{token} arrived under two ids')
        most = {NEVER_AGAIN: 1, ONCE_MORE: 1 + min(unsure, 1), AGAIN: 1 + unsure}[channel.policy]
        if len(got) > most:
            found.append(f'{token} arrived {len(got)} times, with {unsure} unknown outcomes')
        if state == 'unknown' and not enough:
            found.append(f'{token} was given up as unknown after {unsure} unknown outcomes')
        if channel.policy == NEVER_AGAIN and state == 'sent' and unsure:
            found.append(f'{token} was sent again after an unknown outcome')
        for copy in got:
            if not knows(copy.identity):
                found.append(f'{token} left without a record in the send journal')
    return found


def describe(queue):
    return json.dumps([[message['to'], message['state'],
                        message['attempts'], message['unknown_outcomes']]
                       for message in queue['messages']])
