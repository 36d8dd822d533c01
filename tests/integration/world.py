"""Everything the integration test starts, below one temporary folder, and ended with it."""

import os
import shutil
import tempfile

import erp_data
from daemon import Daemon
from erp import Erp
from erp_server import ErpServer
from mail_server import MailServer

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NEW_GERMAN_MAIL = 'logistik@bergmann.example'
BOXES = [
    erp_data.ENGLISH_MAIL, erp_data.GERMAN_MAIL, NEW_GERMAN_MAIL, erp_data.OTHER_MAIL,
    erp_data.SALES_REP[1]]


def make_database(folder):
    """A filled database as a file that worlds are copied from; takes half a minute."""
    server = ErpServer(os.path.join(folder, 'template'))
    server.create()
    server.start()
    try:
        erp_data.fill(Erp(f'{server.url}{server.database}/', server.session()))
    finally:
        server.stop()
    return server.database_file


class World:
    """A context: an ERP with its people, a mail server, and a daemon that is not started yet."""

    def __init__(self, binary, database, poll_every='1h', slow_mail=False):
        self.binary = binary
        self.database = database
        self.poll_every = poll_every
        self.slow_mail = slow_mail

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='backorderd-integration-')
        os.chmod(self.folder, 0o755)
        self.server = self.mail = self.daemon = None
        try:
            self.server = ErpServer(os.path.join(self.folder, 'erp'))
            self.server.create(self.database)
            self.server.start()
            self.erp = Erp(f'{self.server.url}{self.server.database}/', self.server.session())
            self.mail = MailServer(os.path.join(self.folder, 'mail'), BOXES, self.slow_mail)
            self.mail.start()
            daemon_folder = os.path.join(self.folder, 'daemon')
            os.makedirs(daemon_folder)
            self.daemon = Daemon(
                self.binary, daemon_folder, os.path.join(REPOSITORY, 'config', 'templates'),
                self.server, self.mail, self.poll_every)
        except BaseException:
            self.__exit__(*([None] * 3))
            raise
        return self

    def __exit__(self, *_):
        if self.daemon:
            self.daemon.kill()
        if self.mail:
            self.mail.stop()
        if self.server:
            self.server.stop()
        if os.environ.get('BACKORDERD_KEEP'):
            print(f'kept: {self.folder}')
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
