"""The daemon with a sender of SMS, before a real Kannel: what it sends is what the SMSC gets."""

import os
import shutil
import sys
import tempfile
import time

from checks import Checks
from daemon import Daemon
from sms_gateway import PASSWORD, USER, SmsGateway

WAIT_SECONDS = 60

SETTINGS = '''
data_dir: data
rules_dir: rules.d
templates_dir: templates
control_socket: control.sock
house: {{ name: Nordhaus, from_address: orders@house.example, language: en }}
outbox: {{ retry_first: 1s, retry_longest: 1s }}
log: {{ format: json, level: debug, personal_data: true }}
sources:
  - {{ name: erp, kind: files, folder: drop, poll_every: 1s, adopt: false }}
senders:
  - name: sms
    kind: kannel
    url: {url}
    user: {user}
    password: {{ file: password }}
    from: Nordhaus
    from_by_country: {{ "+43": Austria, "+1": "12025550100" }}
'''

RULES = '''
version: 1
cadence:
  - name: everybody
    match: {}
    channels: [sms]
    messages: { opened: { template: opened } }
    send_window: { hours: "00:00-24:00", days: [mon, tue, wed, thu, fri, sat, sun], in: calendar }
'''

TEMPLATE = '''%% subject
On back order

%% text
On back order

%% html
<p>On back order</p>

%% sms
{{#one}}{{item}}{{/one}}{{#many}}{{line_count}} items{{/many}}
'''

# The dash is none of the GSM alphabet's signs; written as one of them, the text stays GSM-7.
AUSTRIAN = ('+43 664 / 123 45 67', 'Größe 3 – 10 € [netto]', 'Größe 3 - 10 € [netto]')
RUSSIAN = ('+7 495 1234567', 'Насос №5 – 10 €', None)
AMERICAN = ('+1 (202) 555-0123', 'a' * 307, None)  # three segments
LATE = ('+49 170 1234567', 'Pump behind a gateway that was away', None)


class SmsDaemon(Daemon):
    """The same program with other settings."""

    def __init__(self, binary, folder, gateway):
        self.binary = binary
        self.folder = folder
        self.process = None
        self.log = os.path.join(folder, 'daemon.log')
        self.settings = os.path.join(folder, 'backorderd.yaml')
        for part in ['rules.d', 'drop', 'templates']:
            os.makedirs(os.path.join(folder, part))
        self._write('backorderd.yaml', SETTINGS.format(url=gateway.url, user=USER))
        self._write('password', PASSWORD)
        self._write('rules.d/cadence.yaml', RULES)
        self._write('templates/opened.en.mustache', TEMPLATE)

    def drop(self, *people):
        rows = ['line,order.number,item.id,item.name,ordered,customer.id,contact.phone']
        rows += [f'{number},SO-{number},PX,{item},10,C-{number},{phone}'
                 for number, (phone, item, _) in enumerate(people)]
        self._write('lines.new', '\n'.join(rows) + '\n')
        os.replace(os.path.join(self.folder, 'lines.new'),
                   os.path.join(self.folder, 'drop', f'lines-{len(people)}.csv'))


def number_of(person):
    return '+' + ''.join(sign for sign in person[0] if sign.isdigit())


def wait_until(holds):
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def sent(daemon, count):
    messages = (daemon.queue() or {}).get('messages', [])
    return [message['state'] for message in messages] == ['sent'] * count


def play(checks, daemon, gateway):
    daemon.drop(AUSTRIAN, RUSSIAN, AMERICAN)
    outcome = daemon.command('check')
    checks.check('the settings are sound', outcome.returncode == 0, outcome.stdout)
    daemon.start()
    daemon.wait_until_ready()
    checks.check('three SMS were accepted', wait_until(lambda: sent(daemon, 3)), daemon.queue())
    checks.check('the SMSC has all segments', wait_until(lambda: len(gateway.received()) >= 5))
    for person in [AUSTRIAN, RUSSIAN]:
        texts = gateway.texts_to(number_of(person))
        checks.check(f'the SMSC got "{person[1]}" once, as it was written',
                     texts == [person[2] or person[1]], texts)
    parts = [one for one in gateway.received() if one[1] == number_of(AMERICAN)]
    checks.check('307 letters are three segments, as we count them',
                 [kind for _, _, kind, _ in parts] == ['udh'] * 3, parts)
    senders = {to: sender for sender, to, _, _ in gateway.received()}
    checks.check('each country hears its own sender',
                 senders == {number_of(AUSTRIAN): 'Austria', number_of(RUSSIAN): 'Nordhaus',
                             number_of(AMERICAN): '12025550100'}, senders)

    gateway.stop_smsbox()
    daemon.drop(AUSTRIAN, RUSSIAN, AMERICAN, LATE)
    away = wait_until(lambda: any(message['state'] == 'deferred'
                                  for message in (daemon.queue() or {}).get('messages', [])))
    checks.check('without a gateway, an SMS waits', away, daemon.queue())
    gateway.start_smsbox()
    checks.check('and leaves once it is back', wait_until(lambda: sent(daemon, 4)), daemon.queue())
    wait_until(lambda: gateway.texts_to(number_of(LATE)))
    checks.check('once', gateway.texts_to(number_of(LATE)) == [LATE[1]],
                 gateway.texts_to(number_of(LATE)))
    checks.check('the daemon stops', daemon.stop() == 0)
    checks.check('nothing else was sent', len(gateway.received()) == 6, gateway.received())
    with open(daemon.log) as log:
        checks.check('the password is in no log', PASSWORD not in log.read())


def main():
    checks = Checks()
    folder = tempfile.mkdtemp(prefix='backorderd-sms-')
    gateway = SmsGateway(os.path.join(folder, 'kannel'))
    daemon = None
    try:
        gateway.start()
        os.makedirs(os.path.join(folder, 'daemon'))
        daemon = SmsDaemon(os.environ['BACKORDERD'], os.path.join(folder, 'daemon'), gateway)
        play(checks, daemon, gateway)
    finally:
        if daemon:
            daemon.kill()
        gateway.stop()
        if os.environ.get('BACKORDERD_KEEP'):
            print(f'kept: {folder}')
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main())
