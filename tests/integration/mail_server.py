"""A Postfix of its own on a loopback port, with STARTTLS and AUTH, delivering into Maildirs.

Everything lives below one folder: configuration, queue, certificate, passwords, mail. Nothing
leaves the machine: there is no client for other hosts. Needs root, as Postfix does.
"""

import email
import email.policy
import os
import pwd
import signal
import smtplib
import subprocess
import time

from erp_server import free_port

USER = 'daemon@house.example'
PASSWORD = 'mail-of-the-test'
START_SECONDS = 120

MASTER = '''
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
'''

MAIN = '''
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mail.house.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
local_transport = error:no local mail
alias_maps =
alias_database =
biff = no
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{folder}/etc/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/etc/cert.pem
smtpd_tls_key_file = {folder}/etc/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/etc/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = {recipient_restrictions}reject_unauth_destination
smtpd_end_of_data_restrictions = {end_of_data_restrictions}
'''


class MailServer:
    """`boxes` are the addresses that have a Maildir; any other address of their domains lands in
    the Maildir `elsewhere`, so that no mail is overlooked. `slow` makes the server take a second
    to accept each mail."""

    def __init__(self, folder, boxes, slow=False):
        self.folder = folder
        self.boxes = boxes
        self.slow = slow
        self.port = free_port()
        self.log = os.path.join(folder, 'mail.log')
        self.master = None

    @property
    def certificate(self):
        return os.path.join(self.folder, 'etc', 'cert.pem')

    def start(self):
        for name in ('etc/sasl', 'queue', 'data', 'boxes'):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
        # Postfix works as its own user below here, so the way down must be open.
        os.chmod(self.folder, 0o755)
        owner = pwd.getpwnam('postfix')
        os.chown(os.path.join(self.folder, 'data'), owner.pw_uid, -1)
        nobody = pwd.getpwnam('nobody')
        os.chown(os.path.join(self.folder, 'boxes'), nobody.pw_uid, nobody.pw_gid)
        self._write_configuration(nobody)
        self._write_certificate()
        self._write_password(owner)
        self._launch()

    def _write_configuration(self, nobody):
        domains = sorted({box.split('@')[1] for box in self.boxes})
        self._write('etc/main.cf', MAIN.format(
            folder=self.folder, domains=', '.join(domains), uid=nobody.pw_uid, gid=nobody.pw_gid,
            recipient_restrictions='permit_sasl_authenticated, reject, ',
            end_of_data_restrictions='sleep 1' if self.slow else ''))
        self._write('etc/master.cf', MASTER.format(port=self.port))
        self._write('etc/boxes', ''.join(f'{box} {box}/\n' for box in self.boxes)
                    + ''.join(f'@{domain} elsewhere/\n' for domain in domains))
        self._write('etc/sasl/smtpd.conf', (
            'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n'
            f'sasldb_path: {self.folder}/etc/sasl/sasldb2\n'))

    def _write_certificate(self):
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
             '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
             '-keyout', os.path.join(self.folder, 'etc', 'key.pem'), '-out', self.certificate],
            check=True, capture_output=True)

    def _write_password(self, owner):
        name, realm = USER.split('@')
        database = os.path.join(self.folder, 'etc', 'sasl', 'sasldb2')
        subprocess.run(
            ['saslpasswd2', '-p', '-c', '-f', database, '-u', realm, name],
            input=PASSWORD.encode(), check=True, capture_output=True)
        os.chown(database, owner.pw_uid, -1)

    def _launch(self):
        settings = os.path.join(self.folder, 'etc')
        outcome = subprocess.run(['postfix', '-c', settings, 'start'], capture_output=True, text=True)
        if outcome.returncode:
            raise RuntimeError(f'postfix does not start: {outcome.stderr}; see {self.log}')
        with open(os.path.join(self.folder, 'queue', 'pid', 'master.pid')) as file:
            self.master = int(file.read())
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                smtplib.SMTP('127.0.0.1', self.port, timeout=5).quit()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self):
        """Ends the master process that `start` began, which ends its children."""
        if self.master is None:
            return
        try:
            os.kill(self.master, signal.SIGTERM)
            for _ in range(100):
                os.kill(self.master, 0)
                time.sleep(0.1)
            os.kill(self.master, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.master = None

    def queued(self):
        """Mails that Postfix has accepted and not yet delivered."""
        count = 0
        for name in ('incoming', 'active', 'deferred', 'maildrop'):
            for _, _, files in os.walk(os.path.join(self.folder, 'queue', name)):
                count += len(files)
        return count

    def mails(self, box):
        """The mails of one address (or `elsewhere`), oldest first."""
        found = []
        for name in ('new', 'cur'):
            folder = os.path.join(self.folder, 'boxes', box, name)
            for entry in os.listdir(folder) if os.path.isdir(folder) else []:
                path = os.path.join(folder, entry)
                with open(path, 'rb') as file:
                    message = email.message_from_binary_file(file, policy=email.policy.default)
                found.append((os.stat(path).st_mtime_ns, entry, message))
        return [message for _, _, message in sorted(found, key=lambda one: one[:2])]

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), 'w') as file:
            file.write(text.lstrip('\n'))


def plain_text(message):
    """The text part, as a reader without HTML sees it."""
    part = message.get_body(preferencelist=('plain',))
    return part.get_content() if part else ''
