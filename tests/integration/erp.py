#!/usr/bin/python3
"""Works in Tryton as the people of a small distributor do.

As a library: `Erp(url, authorization)`. On the command line, against a running server:

    erp.py URL sell CUSTOMER ITEM QTY [--date DATE]      a sales order, confirmed
    erp.py URL purchase ITEM QTY DATE                    an order to the supplier
    erp.py URL delay-purchase PURCHASE DATE              the supplier names another date
    erp.py URL move-promise SALE DATE                    another planned date for the customer
    erp.py URL receive PURCHASE [QTY]                    goods come in
    erp.py URL reserve SALE                              'assign' on the open shipment
    erp.py URL ship-part SALE QTY [--tracking TEXT]      a part leaves
    erp.py URL ship-all SALE [--tracking TEXT]           all that is open leaves
    erp.py URL cancel-rest SALE                          shipment cancelled, exception ignored
    erp.py URL change-email CUSTOMER ADDRESS
    erp.py URL notes SALE                                what stands on the sale

URL is `http://USER:PASSWORD@HOST:PORT/DATABASE/`; dates are ISO, or `+N` for N days from today.
"""

import argparse
import base64
import datetime
import json
import sys
import urllib.parse
import urllib.request
from decimal import Decimal

from proteus import Model, Wizard, config


class Erp:
    """One user's session. `url` is that of the database, with a slash at its end."""

    def __init__(self, url, authorization):
        self.config = config.set_xmlrpc(url, headers=[('Authorization', authorization)])
        self.today = datetime.date.today()

    def refresh(self):
        """Takes up what changed for the user (company, employee)."""
        user = Model.get('res.user')
        self.config._context = user.get_preferences(True, {})

    # -- Selling -----------------------------------------------------------------------------
    def sell(self, customer, item, quantity, date=None, reference=None):
        """A confirmed sale of one line; `item` and `quantity` may be lists. Returns its number."""
        sale = Model.get('sale.sale')()
        sale.party = self._one('party.party', [('name', '=', customer)])
        sale.invoice_method = 'manual'
        sale.shipment_method = 'order'
        sale.shipment_cost_method = None
        sale.shipping_date = date
        sale.reference = reference
        items = item if isinstance(item, list) else [item]
        quantities = quantity if isinstance(quantity, list) else [quantity]
        for code, count in zip(items, quantities):
            line = sale.lines.new()
            line.product = self._product(code)
            line.quantity = float(count)
        sale.click('quote')
        sale.click('confirm')
        return sale.number

    def line_ids(self, sale):
        return [line.id for line in self.sale(sale).lines]

    def sale(self, number):
        return self._one('sale.sale', [('number', '=', str(number))])

    def move_promise(self, sale, date):
        for shipment in self._open_shipments(sale):
            shipment.click('draft')
            shipment.planned_date = date
            shipment.save()
            shipment.click('wait')

    # -- Buying ------------------------------------------------------------------------------
    def purchase(self, item, quantity, date):
        purchase = Model.get('purchase.purchase')()
        purchase.party = self._one('party.party', [('name', '=', SUPPLIER)])
        purchase.invoice_method = 'manual'
        purchase.warehouse = self._one('stock.location', [('type', '=', 'warehouse')])
        line = purchase.lines.new()
        line.product = self._product(item)
        line.quantity = float(quantity)
        line.unit_price = Decimal('10')
        line.delivery_date_edit = True
        line.delivery_date_store = date
        purchase.click('quote')
        purchase.click('confirm')
        return purchase.number

    def purchases(self, item):
        """Numbers of the purchases of which some of that item is still to come."""
        moves = Model.get('stock.move').find([
            ('product.code', '=', item), ('state', '=', 'draft'),
            ('from_location.type', '=', 'supplier')])
        return sorted({move.purchase.number for move in moves})

    def on_hand(self, item):
        """What of an item lies in stock, as a whole number."""
        storage = self._one('stock.location', [('code', '=', 'STO')])
        with self.config.set_context(locations=[storage.id], stock_date_end=self.today):
            return int(self._product(item).quantity)

    def order_requested(self, date):
        """Orders what purchase requests ask for, from the supplier; returns the numbers."""
        requests = Model.get('purchase.request').find([('purchase_line', '=', None)])
        wizard = Wizard('purchase.request.create_purchase', requests)
        if wizard.form_state == 'ask_party':
            wizard.form.party = self._one('party.party', [('name', '=', SUPPLIER)])
            wizard.execute('start')
        numbers = []
        for purchase in Model.get('purchase.purchase').find([('state', '=', 'draft')]):
            purchase.invoice_method = 'manual'
            for line in purchase.lines:
                line.unit_price = Decimal('10')
                line.delivery_date_edit = True
                line.delivery_date_store = date
            purchase.click('quote')
            purchase.click('confirm')
            numbers.append(purchase.number)
        return numbers

    def delay_purchase(self, purchase, date):
        for move in self._incoming(purchase):
            move.planned_date = date
            move.save()

    def receive(self, purchase, quantity=None):
        """All that is still to come from a purchase, or `quantity` of it, is put into stock."""
        shipment = Model.get('stock.shipment.in')()
        shipment.supplier = self._one('party.party', [('name', '=', SUPPLIER)])
        for move in self._incoming(purchase):
            incoming = shipment.incoming_moves.find([('id', '=', move.id)])[0]
            shipment.incoming_moves.append(incoming)
            if quantity is not None:
                incoming.quantity = float(quantity)
        shipment.click('receive')
        shipment.click('done')
        return shipment.number

    # -- Shipping ----------------------------------------------------------------------------
    def reserve(self, sale):
        for shipment in self._open_shipments(sale):
            shipment.click('assign_try')

    def ship_part(self, sale, quantity, tracking=None, carrier=None):
        """`quantity` of a one-line sale leaves; the rest stays open."""
        shipment, = self._open_shipments(sale)
        shipment.click('wait')
        moves = [m for m in shipment.inventory_moves if m.state == 'draft']
        moves[0].quantity = float(quantity)
        for move in moves[1:]:
            move.quantity = 0.0
        shipment.save()
        self._send(shipment, tracking, carrier)

    def ship_all(self, sale, tracking=None, carrier=None):
        for shipment in self._open_shipments(sale):
            self._send(shipment, tracking, carrier)

    def cancel_rest(self, sale):
        for shipment in self._open_shipments(sale):
            shipment.click('cancel')
        self.ignore_exception(sale)

    def cancel_shipment(self, sale):
        for shipment in self._open_shipments(sale):
            shipment.click('cancel')

    def ignore_exception(self, sale):
        record = self.sale(sale)
        wizard = Wizard('sale.handle.shipment.exception', [record])
        wizard.form.recreate_moves.clear()
        wizard.execute('handle')

    def _send(self, shipment, tracking, carrier):
        if shipment.state == 'waiting' and not shipment.click('assign_try'):
            raise RuntimeError(f'shipment {shipment.number}: not enough in stock')
        shipment.click('pick')
        shipment.click('pack')
        if tracking:
            shipment.reference = tracking
        if carrier:
            shipment.carrier = self._one('carrier', [('party.name', '=', carrier)])
        shipment.save()
        shipment.click('done')

    # -- People and words --------------------------------------------------------------------
    def change_email(self, customer, address):
        mechanism = self._one(
            'party.contact_mechanism', [('party.name', '=', customer), ('type', '=', 'email')])
        mechanism.value = address
        mechanism.save()

    def notes(self, sale):
        notes = Model.get('ir.note').find([('resource', '=', f'sale.sale,{self.sale(sale).id}')])
        return [note.message for note in notes]

    # -- Finding -----------------------------------------------------------------------------
    def _one(self, model, domain):
        found = Model.get(model).find(domain, limit=2)
        if len(found) != 1:
            raise RuntimeError(f'{model} {domain}: {len(found) or "none"} found')
        return found[0]

    def _product(self, code):
        return self._one('product.product', [('code', '=', code)])

    def _open_shipments(self, sale):
        return [s for s in self.sale(sale).shipments if s.state not in ('done', 'cancelled')]

    def _incoming(self, purchase):
        return Model.get('stock.move').find([
            ('purchase.number', '=', str(purchase)), ('state', '=', 'draft'),
            ('from_location.type', '=', 'supplier')])


SUPPLIER = 'Desrosiers Robotics'


def log_in(url):
    """`http://USER:PASSWORD@HOST/DB/` to the bare address and an Authorization header."""
    parts = urllib.parse.urlsplit(url)
    bare = f'{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}'
    body = json.dumps({'id': 1, 'method': 'common.db.login', 'params': [
        parts.username, {'password': parts.password}, 'en']}).encode()
    request = urllib.request.Request(bare, body, {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=60) as answer:
        user_id, key = json.load(answer)['result']
    token = base64.b64encode(f'{parts.username}:{user_id}:{key}'.encode()).decode()
    return bare, f'Session {token}'


def a_date(text):
    if text.startswith('+'):
        return datetime.date.today() + datetime.timedelta(days=int(text[1:]))
    return datetime.date.fromisoformat(text)


def main(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('url')
    verbs = parser.add_subparsers(dest='verb', required=True)

    def verb(name, *positional, **options):
        added = verbs.add_parser(name)
        for argument in positional:
            kind = {'date': a_date, 'quantity': Decimal}.get(argument.strip('?'), str)
            added.add_argument(argument.strip('?'), type=kind,
                               nargs='?' if argument.endswith('?') else None)
        for option, kind in options.items():
            added.add_argument(f'--{option}', type=kind)

    verb('sell', 'customer', 'item', 'quantity', date=a_date, reference=str)
    verb('purchase', 'item', 'quantity', 'date')
    verb('delay-purchase', 'purchase', 'date')
    verb('move-promise', 'sale', 'date')
    verb('receive', 'purchase', 'quantity?')
    verb('reserve', 'sale')
    verb('ship-part', 'sale', 'quantity', tracking=str, carrier=str)
    verb('ship-all', 'sale', tracking=str, carrier=str)
    verb('cancel-rest', 'sale')
    verb('change-email', 'customer', 'address')
    verb('notes', 'sale')

    given = vars(parser.parse_args(arguments))
    erp = Erp(*log_in(given.pop('url')))
    answer = getattr(erp, given.pop('verb').replace('-', '_'))(**given)
    for line in answer if isinstance(answer, list) else [answer]:
        if line is not None:
            print(line)


if __name__ == '__main__':
    main(sys.argv[1:])
