"""A Tryton server of its own: SQLite database, configuration and log below one folder."""

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time

MODULES = [
    'sale', 'sale_supply', 'sale_shipment_cost', 'purchase', 'stock_supply',
    'stock_package_shipping', 'stock_split']
ADMIN_PASSWORD = 'admin-of-the-test'
DAEMON_USER = 'backorderd'
DAEMON_PASSWORD = 'quiet-WIND-73x'
START_SECONDS = 300


def free_port():
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class ErpServer:
    """`create` makes the database, `start` the process; `stop` ends exactly that process."""

    def __init__(self, folder, database='erp'):
        self.folder = folder
        self.database = database
        self.port = free_port()
        self.process = None
        self.config = os.path.join(folder, 'trytond.conf')
        self.log = os.path.join(folder, 'trytond.log')

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/'

    @property
    def database_file(self):
        return os.path.join(self.folder, f'{self.database}.sqlite')

    def create(self, template=None):
        """An empty database with all modules, or a copy of an earlier one."""
        os.makedirs(self.folder, exist_ok=True)
        self._write_config()
        if template:
            shutil.copyfile(template, self.database_file)
            return
        open(self.database_file, 'wb').close()
        password = os.path.join(self.folder, 'admin-password')
        with open(password, 'w') as file:
            file.write(ADMIN_PASSWORD)
        with open(self.log, 'ab') as log:
            subprocess.run(
                ['trytond-admin', '-c', self.config, '-d', self.database, '-l', 'de',
                 '--email', 'admin@house.example', '--activate-dependencies', '-u', *MODULES],
                env={**os.environ, 'PATH': '/usr/bin:/bin', 'TRYTONPASSFILE': password},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)

    def _write_config(self):
        # Hashes of production strength would cost a third of a second for each login; nothing
        # here is worth protecting.
        passlib = os.path.join(self.folder, 'passlib.ini')
        with open(passlib, 'w') as file:
            file.write('[passlib]\nschemes = pbkdf2_sha512\npbkdf2_sha512__rounds = 1000\n')
        with open(self.config, 'w') as file:
            file.write(
                f'[database]\nuri = sqlite://\npath = {self.folder}\n'
                f'[web]\nlisten = 127.0.0.1:{self.port}\n'
                f'[password]\npasslib = {passlib}\n')

    def start(self):
        self._write_config()
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                ['trytond', '-c', self.config, '-d', self.database],
                env={**os.environ, 'PATH': '/usr/bin:/bin'},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f'trytond ended at once; see {self.log}')
            try:
                self.call('common.server.version', [], database='')
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def call(self, method, params, database=None, authorization=None):
        """One JSON-RPC call; the answer's `result`."""
        path = '/' if database == '' else f'/{database or self.database}/'
        headers = {'Content-Type': 'application/json'}
        if authorization:
            headers['Authorization'] = authorization
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        try:
            body = json.dumps({'id': 1, 'method': method, 'params': params})
            connection.request('POST', path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f'{method}: HTTP {answer.status}')
        data = json.loads(text)
        if 'error' in data:
            raise RuntimeError(f'{method}: {data["error"]}')
        return data['result']

    def session(self, user='admin', password=ADMIN_PASSWORD):
        """The Authorization header of a new session."""
        user_id, key = self.call('common.db.login', [user, {'password': password}, 'en'])
        return 'Session ' + base64.b64encode(f'{user}:{user_id}:{key}'.encode()).decode()
