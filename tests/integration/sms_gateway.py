"""Debian's Kannel on loopback: bearerbox, smsbox, and its fake SMSC, which prints what it gets."""

import os
import re
import socket
import subprocess
import time
import urllib.parse

FAKE_SMSC = '/usr/lib/kannel/test/fakesmsc'
USER = 'orders'
PASSWORD = 'p&w in a query'
START_SECONDS = 60
STOP_SECONDS = 20

CONFIGURATION = '''
group = core
admin-port = {admin}
admin-password = unused
admin-interface = 127.0.0.1
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1
box-deny-ip = *.*.*.*
log-file = {folder}/bearerbox.log
store-type = file
store-location = {folder}/store

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = box
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log

group = sendsms-user
username = {user}
password = {password}
concatenation = true
max-messages = 10
'''

# `Got message 3: <Example +436641234567 ucs-2 %04%1F…>`; a part of a longer text is `udh`, with a
# header before the text.
RECEIVED = re.compile(rb'Got message \d+: <(.*?) (\+?\d+) (text|ucs-2|udh) (.*)>$', re.MULTILINE)


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(('127.0.0.1', 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class SmsGateway:
    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        os.makedirs(folder)
        self.ports = dict(zip(['admin', 'boxes', 'smsc', 'sendsms'], free_ports(4)))
        self.configuration = os.path.join(folder, 'kannel.conf')
        with open(self.configuration, 'w') as file:
            file.write(CONFIGURATION.format(
                folder=folder, user=USER, password=PASSWORD, **self.ports))
        os.chmod(self.configuration, 0o600)
        self.url = f'http://127.0.0.1:{self.ports["sendsms"]}/cgi-bin/sendsms'

    def start(self):
        self._run('bearerbox', ['bearerbox', self.configuration])
        self._wait_for('boxes')
        self._wait_for('smsc')
        # It says one thing itself, and then listens for as long as it may say another.
        self._run('fakesmsc', [FAKE_SMSC, '-H', '127.0.0.1', '-r', str(self.ports['smsc']),
                               '-i', '100000', '-m', '1', '1 2 text hello'])
        self.start_smsbox()

    def start_smsbox(self):
        self._run('smsbox', ['smsbox', self.configuration])
        self._wait_for('sendsms')

    def stop_smsbox(self):
        self._end('smsbox')

    def stop(self):
        for name in list(self.processes)[::-1]:
            self._end(name)

    def received(self):
        """All that the SMSC got: (from, to, kind, bytes)."""
        with open(os.path.join(self.folder, 'fakesmsc.out'), 'rb') as file:
            found = RECEIVED.findall(file.read())
        return [(sender.decode(), number.decode(), kind.decode(), text)
                for sender, number, kind, text in found]

    def texts_to(self, number):
        """Whole texts to a number, as they would be read there."""
        return [text.decode() if kind == 'text'
                else urllib.parse.unquote_to_bytes(text.replace(b'+', b' ')).decode('utf-16-be')
                for _, to, kind, text in self.received() if to == number and kind != 'udh']

    def _run(self, name, command):
        with open(os.path.join(self.folder, f'{name}.out'), 'ab') as out:
            self.processes[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder)

    def _end(self, name):
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_for(self, port):
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', self.ports[port])) == 0:
                    return
            if time.monotonic() > deadline:
                raise RuntimeError(f'Kannel does not listen at its port {port}; see {self.folder}')
            time.sleep(0.05)
