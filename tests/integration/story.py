"""What happens in the ERP, step by step, and which mails each step must bring; no others."""

import datetime
from dataclasses import dataclass, field

import erp_data as data
from world import NEW_GERMAN_MAIL


@dataclass
class Mail:
    """A mail that must come: where to, what its subject says, what stands in it and what not."""
    box: str
    subject: str
    contains: list = field(default_factory=list)
    lacks: list = field(default_factory=list)


@dataclass
class Step:
    """`mails` is called after `act`: only then are the numbers of new sales known."""
    what: str
    act: object
    mails: object


def english_date(date):
    return f'{date.day} {date:%B} {date.year}'


GERMAN_MONTHS = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August',
                 'September', 'Oktober', 'November', 'Dezember']


def german_date(date):
    return f'{date.day}. {GERMAN_MONTHS[date.month - 1]} {date.year}'


def in_days(days):
    return datetime.date.today() + datetime.timedelta(days=days)


class Story:
    """One round: three customers wait for goods, and each wait ends differently."""

    def __init__(self, erp):
        self.erp = erp
        self.old = None
        self.german_mail = data.GERMAN_MAIL
        self.notes = {}  # sale number: how many mails told its customer something

    def first_sales(self):
        """Sold before the daemon ever ran: part of the baseline."""
        self.old = self.erp.sell(data.OTHER, 'VA-050', 2, date=in_days(9))

    def steps(self):
        """One round, in order."""
        yield self._open()
        yield self._delay()
        yield self._reserve()
        yield self._ship_part()
        yield self._receive()
        yield self._ship()
        yield self._new_address()
        yield self._cancel()
        yield self._old_one_ends()

    def _told(self, sale, *mails):
        self.notes[sale] = self.notes.get(sale, 0) + len(mails)
        return list(mails)

    def _open(self):
        def act():
            erp = self.erp
            erp.purchase('PX-200', 3, in_days(12))
            self.pump = erp.sell(data.ENGLISH, 'PX-100', 10, reference='PO-4711')
            self.german = erp.sell(data.GERMAN, 'PX-200', 3, date=in_days(14))
            self.motor = erp.sell(data.ENGLISH, 'MO-24', 5)
            self.in_stock = erp.sell(data.ENGLISH, 'SE-018', 5)
            self.silent = erp.sell(data.UNREACHABLE, 'VA-050', 1, date=in_days(20))

        return Step('new back orders', act, lambda: [
            *self._told(self.pump, Mail(
                data.ENGLISH_MAIL, f'Order {self.pump}: Gear pump PX-100 is on back order',
                ['PO-4711', 'Ordered: 10', 'not known yet'])),
            *self._told(self.german, Mail(
                self.german_mail,
                f'Auftrag {self.german}: Gear pump PX-200 ist noch nicht vollständig lieferbar',
                [german_date(in_days(14))])),
            *self._told(self.motor, Mail(
                data.ENGLISH_MAIL, f'Order {self.motor}: Servo motor 24 V is on back order'), Mail(
                data.ENGLISH_MAIL, f'Order {self.motor}: in stock instead of Servo motor 24 V',
                ['MO-30', 'Servo motor 30 V'])),
            Mail(data.SALES_REP[1], f'Nobody to write to: {data.UNREACHABLE}, '
                 f'order {self.silent}'),
        ])

    def _delay(self):
        def act():
            for purchase in self.erp.purchases('PX-200'):
                self.erp.delay_purchase(purchase, in_days(30))
            self.erp.move_promise(self.german, in_days(33))
            self.erp.move_promise(self.pump, in_days(21))

        return Step('a supplier is late, and promises move', act, lambda: [
            *self._told(self.german, Mail(
                self.german_mail, f'Auftrag {self.german}: neuer Termin für Gear pump PX-200',
                [german_date(in_days(33)), german_date(in_days(14))])),
            *self._told(self.pump, Mail(
                data.ENGLISH_MAIL, f'Order {self.pump}: new date for Gear pump PX-100',
                [english_date(in_days(21))])),
            # The rule calls sales when a date has slipped.
            Mail(data.SALES_REP[1],
                 f'{data.GERMAN}, order {self.german}: Gear pump PX-200 needs you',
                 [english_date(in_days(14)), english_date(in_days(33)), 'backorderd ack']),
        ])

    def _reserve(self):
        def act():
            self.part = self.erp.on_hand('PX-100')
            self.erp.reserve(self.pump)

        return Step('part of it is reserved', act, lambda: self._told(self.pump, Mail(
            data.ENGLISH_MAIL, f'Order {self.pump}: part of Gear pump PX-100 is reserved',
            [f'{self.part}'])))

    def _ship_part(self):
        def act():
            self.erp.ship_part(self.pump, self.part, tracking='TRK-PART')
            self.erp.move_promise(self.pump, in_days(21))

        return Step('that part ships', act, lambda: self._told(self.pump, Mail(
            data.ENGLISH_MAIL, f'Order {self.pump}: part of Gear pump PX-100 has shipped',
            ['TRK-PART', data.CARRIER, f'Still open: {10 - self.part}',
             english_date(in_days(21))])))

    def _receive(self):
        def act():
            purchase = self.erp.purchase('PX-100', 10, in_days(3))
            self.erp.receive(purchase)
            self.erp.reserve(self.pump)

        return Step('the rest comes in', act, lambda: self._told(self.pump, Mail(
            data.ENGLISH_MAIL, f'Order {self.pump}: Gear pump PX-100 is in stock for you')))

    def _ship(self):
        def act():
            self.erp.ship_all(self.pump, tracking='TRK-REST')

        return Step('and ships', act, lambda: self._told(self.pump, Mail(
            data.ENGLISH_MAIL, f'Order {self.pump}: Gear pump PX-100 has shipped',
            ['TRK-REST'], ['TRK-PART'])))

    def _new_address(self):
        def act():
            self.erp.change_email(data.GERMAN, NEW_GERMAN_MAIL)
            self.german_mail = NEW_GERMAN_MAIL
            for purchase in self.erp.purchases('PX-200'):
                self.erp.receive(purchase)
            self.erp.ship_all(self.german, tracking='TRK-DE')

        return Step('the German customer moves house, and gets all', act, lambda: self._told(
            self.german, Mail(
                NEW_GERMAN_MAIL, f'Auftrag {self.german}: Gear pump PX-200 ist unterwegs',
                ['TRK-DE'])))

    def _cancel(self):
        def act():
            self.erp.cancel_rest(self.motor)

        return Step('an order is cancelled', act, lambda: self._told(self.motor, Mail(
            data.ENGLISH_MAIL,
            f'Order {self.motor}: open quantity of Servo motor 24 V cancelled')))

    def _old_one_ends(self):
        def act():
            if self.old:
                self.erp.cancel_rest(self.old)
                self.old = None
            self.erp.ship_all(self.in_stock)
            # For the next round.
            self.erp.cancel_rest(self.silent)
            self.erp.change_email(data.GERMAN, data.GERMAN_MAIL)

        return Step('what nobody was told of ends in silence', act, lambda: [])
