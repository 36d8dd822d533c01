"""Canary secrets: a daemon whose servers refuse its log-ins, and then everything it wrote or said."""

import base64
import http.server
import os
import resource
import shutil
import socketserver
import sys
import tempfile
import threading
import time
import urllib.parse

from checks import Checks
from daemon import Daemon

WAIT_SECONDS = 60

SETTINGS = '''
data_dir: data
rules_dir: rules.d
templates_dir: {templates}
control_socket: control.sock
house: {{ name: Nordhaus, from_address: orders@house.example, language: en }}
outbox: {{ retry_first: 1s, retry_longest: 1s }}
log: {{ format: json, level: debug, personal_data: true }}
sources:
  - {{ name: erp, kind: files, folder: drop, poll_every: 1s, adopt: false }}
  - {{ name: other, kind: tryton, url: "http://127.0.0.1:{http}", database: db, user: us,
      password: {{ file: erp-password }}, poll_every: 10s }}
senders:
  - {{ name: mail, kind: smtp, url: "smtp://127.0.0.1:{smtp}", tls: never, user: us,
      password: {{ env: CANARY_MAIL }}, return_path: bounces@house.example,
      return_path_key: {{ credential: return-path }} }}
  - {{ name: kannel, kind: kannel, url: "http://127.0.0.1:{http}/sendsms", user: us,
      password: {{ file: kannel-password }} }}
  - {{ name: gateway, kind: http, url: "http://127.0.0.1:{http}/sms?key={{{{secret}}}}", method: POST,
      headers: {{ X-Key: "{{{{secret}}}}" }}, body: "{{{{text}}}}", user: us,
      secret: {{ file: gateway-secret }}, password: {{ file: gateway-password }} }}
'''

RULES = '''
version: 1
cadence:
  - name: everybody
    match: {}
    messages: { opened: { template: opened } }
'''

FILES = {name: f'canary-{name}-7Qx9' for name in
         ['erp-password', 'kannel-password', 'gateway-secret', 'gateway-password']}
MAIL = 'canary-mail-7Qx9'
RETURN_PATH = 'canary-return-path-key-of-32-bytes-7Qx9'


class RefusingMail(socketserver.StreamRequestHandler):
    """A mail server to which no log-in is right."""

    heard = []

    def handle(self):
        self.wfile.write(b'220 test ESMTP\r\n')
        for line in self.rfile:
            self.heard.append(line)
            word = line[:4].upper()
            if word == b'EHLO':
                self.wfile.write(b'250-test\r\n250 AUTH PLAIN LOGIN\r\n')
            elif word == b'QUIT':
                self.wfile.write(b'221 bye\r\n')
                return
            else:
                self.wfile.write(b'535 5.7.8 authentication failed\r\n')


class RefusingWeb(http.server.BaseHTTPRequestHandler):
    """A web server to which no log-in is right."""

    heard = []

    def do_POST(self):
        length = int(self.headers.get('Content-Length', 0))
        self.heard.append(f'{self.path} {self.headers} {self.rfile.read(length)}')
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b'no such user')

    do_GET = do_POST

    def log_message(self, *_):
        pass


class CanaryDaemon(Daemon):
    def __init__(self, binary, folder, templates, smtp, web):
        self.binary = binary
        self.folder = folder
        self.process = None
        self.log = os.path.join(folder, 'daemon.log')
        self.settings = os.path.join(folder, 'backorderd.yaml')
        self.secrets = os.path.join(folder, 'secrets')
        for part in ['rules.d', 'drop', 'secrets']:
            os.makedirs(os.path.join(folder, part))
        settings = SETTINGS.format(templates=templates, smtp=smtp, http=web)
        for name, secret in {**FILES, 'return-path': RETURN_PATH}.items():
            self._write(f'secrets/{name}', secret)
            settings = settings.replace(f'file: {name}', f'file: secrets/{name}')
        os.environ['CANARY_MAIL'] = MAIL
        os.environ['CREDENTIALS_DIRECTORY'] = self.secrets
        self._write('backorderd.yaml', settings)
        self._write('rules.d/cadence.yaml', RULES)
        self._write('drop/lines.csv', 'line,order.number,item.id,ordered,customer.id,contact.email\n'
                    '1,SO1,PX-1,5,C1,ann@example.com\n')


def serve(kind, handler):
    kind.allow_reuse_address = True
    server = kind(('127.0.0.1', 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def traces(secret):
    """The forms in which a secret could get somewhere."""
    plain = secret.encode()
    pair = base64.b64encode(b'us:' + plain).rstrip(b'=')
    return {plain, base64.b64encode(plain).rstrip(b'='), pair, plain.hex().encode(),
            base64.b64encode(b'\0us\0' + plain).rstrip(b'='),
            urllib.parse.quote(secret, safe='').encode()}


def everything_written(daemon):
    """Each file below the folder but for the secrets' own, by name."""
    for at, _, names in os.walk(daemon.folder):
        for name in names:
            path = os.path.join(at, name)
            if os.path.isfile(path) and not path.startswith(daemon.secrets):
                with open(path, 'rb') as file:
                    yield path, file.read()


def everything_said(daemon):
    for command in [['queue', 'list', '--json'], ['queue', 'show', '1', '--json'],
                    ['explain', 'SO1', '--json'], ['explain', 'SO1'], ['status', '--json'],
                    ['poll', 'other'], ['check'], ['gates'], ['export', '--customer', 'C1'],
                    ['drill', '--to', 'ann@example.com'], ['drill', '--to', '+4930123456'],
                    ['backup', os.path.join(daemon.folder, 'copy.db'), '--author', 'ann']]:
        outcome = daemon.command(*command)
        yield ' '.join(command), (outcome.stdout + outcome.stderr).encode()


def wait_for(holds):
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def run(checks, daemon):
    daemon.start()
    daemon.wait_until_ready()
    checks.check('the mail server was asked and refused',
                 wait_for(lambda: any(line.startswith(b'AUTH') for line in RefusingMail.heard)))
    said = list(everything_said(daemon))
    checks.check('the gateways were asked with their secrets',
                 wait_for(lambda: any(FILES['gateway-secret'] in one for one in RefusingWeb.heard)))
    with open(f'/proc/{daemon.process.pid}/limits') as limits:
        core = next(line for line in limits if line.startswith('Max core file size'))
    checks.check('no core can be left', core.split()[4:6] == ['0', '0'], core)
    # The memory of what cannot be dumped belongs to root.
    checks.check('nobody else of the same user may look into its memory',
                 os.stat(f'/proc/{daemon.process.pid}/mem').st_uid == 0)
    checks.check('the daemon ends as it should', daemon.stop() == 0)
    kept = list(everything_written(daemon))
    checks.check('there is a log, a store and a backup to look through',
                 len(kept) > 4 and all(text for _, text in kept[:1]), [name for name, _ in kept])
    for name, secret in {**FILES, 'mail': MAIL, 'return path': RETURN_PATH}.items():
        found = [where for where, text in kept + said
                 if any(trace in text for trace in traces(secret))]
        checks.check(f'no trace of the secret {name} in {len(kept)} files and {len(said)} answers',
                     not found, found)
    checks.check('plain text in the settings is refused with the remedy', refuses_plain(daemon))


def refuses_plain(daemon):
    with open(daemon.settings) as file:
        settings = file.read()
    daemon._write('backorderd.yaml',
                  settings.replace('{ file: secrets/kannel-password }', 'canary-in-the-clear'))
    outcome = daemon.command('check')
    said = outcome.stdout + outcome.stderr
    return outcome.returncode == 1 and '{ file: PATH }' in said and 'in-the-clear' not in said


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    binary = os.environ['BACKORDERD']
    templates = os.path.join(os.path.dirname(__file__), '..', '..', 'config', 'templates')
    folder = tempfile.mkdtemp(prefix='backorderd-secrets-')
    checks = Checks()
    daemon = CanaryDaemon(binary, folder, os.path.abspath(templates),
                          serve(socketserver.ThreadingTCPServer, RefusingMail),
                          serve(http.server.ThreadingHTTPServer, RefusingWeb))
    try:
        run(checks, daemon)
    finally:
        daemon.kill()
    good = checks.summary()
    if good:
        shutil.rmtree(folder)
    else:
        print(f'left behind: {folder}')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
