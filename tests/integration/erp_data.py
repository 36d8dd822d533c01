"""What the distributor of the integration test has: a company, people, items, stock, rights."""

from decimal import Decimal

from proteus import Model, Wizard

from erp import SUPPLIER
from erp_server import DAEMON_PASSWORD, DAEMON_USER

SALES_REP = ('Jonas Brandt', 'jonas.brandt@house.example')
CARRIER = 'EuroParcel'
ENGLISH = 'Kestrel Pumps Ltd'
ENGLISH_MAIL = 'buying@kestrel.example'
GERMAN = 'Bergmann Werkzeuge GmbH'
GERMAN_MAIL = 'einkauf@bergmann.example'
OTHER = 'Orchard Mills'
OTHER_MAIL = 'orders@orchard.example'
UNREACHABLE = 'Silent Works'
# Code, name, price, on hand. MO-24 is bought only when it is sold.
ITEMS = [
    ('PX-100', 'Gear pump PX-100', '120.00', 4),
    ('PX-200', 'Gear pump PX-200', '240.00', 0),
    ('SE-018', 'Inductive sensor IS18', '35.50', 100),
    ('VA-050', 'Ball valve 50 mm', '18.75', 0),
    ('MO-24', 'Servo motor 24 V', '310.00', 0),
    ('MO-30', 'Servo motor 30 V', '325.00', 500),
]
SOLD_TO_ORDER = 'MO-24'


def fill(erp):
    """Fills an empty database; ends with the user's context refreshed."""
    _company(erp)
    _people()
    _carrier()
    _items(erp)
    _daemon_user()
    erp.refresh()


def _party(name, email=None, language=None):
    party = Model.get('party.party')(name=name)
    if language:
        party.lang, = Model.get('ir.lang').find([('code', '=', language)])
    address = party.addresses[0] if party.addresses else party.addresses.new()
    address.street = 'Hafenstraße 1'
    address.city = 'Hamburg'
    if email:
        mechanism = party.contact_mechanisms.new()
        mechanism.type = 'email'
        mechanism.value = email
    party.save()
    return party


def _company(erp):
    currency = Model.get('currency.currency')(
        name='Euro', code='EUR', numeric_code='978', symbol='€', rounding=Decimal('0.01'))
    currency.rates.new(rate=Decimal('1'), date=erp.today.replace(month=1, day=1))
    currency.save()
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party = _party('Nordhaus Technik')
    wizard.form.currency = currency
    wizard.execute('add')
    erp.refresh()

    employee = Model.get('company.employee')(party=_party(*SALES_REP, 'en'))
    employee.save()
    user, = Model.get('res.user').find([('login', '=', 'admin')])
    user.employees.append(employee)
    user.employee = employee
    user.save()
    erp.refresh()


def _people():
    _party(ENGLISH, ENGLISH_MAIL, 'en')
    _party(GERMAN, GERMAN_MAIL, 'de')
    _party(OTHER, OTHER_MAIL)
    _party(UNREACHABLE)
    _party(SUPPLIER, 'sales@desrosiers.example')


def _carrier():
    unit, = Model.get('product.uom').find([('name', '=', 'Unit')])
    template = Model.get('product.template')(
        name='Parcel', type='service', default_uom=unit, salable=True, list_price=Decimal('5'))
    template.save()
    Model.get('carrier')(
        party=_party(CARRIER), carrier_product=template.products[0]).save()


def _items(erp):
    unit, = Model.get('product.uom').find([('name', '=', 'Unit')])
    supplier, = Model.get('party.party').find([('name', '=', SUPPLIER)])
    storage, = Model.get('stock.location').find([('code', '=', 'STO')])
    inventory = Model.get('stock.inventory')(location=storage)
    # Purchases made from requests ask for one, though nothing is ever invoiced here.
    category = Model.get('product.category')(name='Goods', accounting=True)
    category.save()
    for code, name, price, on_hand in ITEMS:
        template = Model.get('product.template')(name=name, type='goods', default_uom=unit)
        template.salable = template.purchasable = True
        template.list_price = Decimal(price)
        template.supply_on_sale = code == SOLD_TO_ORDER
        template.code = code
        template.account_category = category
        template.save()
        product = template.products[0]
        product.product_suppliers.new(party=supplier)
        product.save()
        if on_hand:
            inventory.lines.new(product=product, quantity=float(on_hand))
    inventory.click('confirm')


def _daemon_user():
    """A user who reads what a connector needs, and may write notes on sales; nothing else."""
    group = Model.get('res.group')(name='Back orders')
    group.save()
    access = Model.get('ir.model.access')
    models = Model.get('ir.model')
    readable = [
        'sale.sale', 'sale.line', 'stock.move', 'stock.shipment.out',
        'stock.shipment.out.return', 'stock.package', 'purchase.purchase', 'purchase.line',
        'purchase.request', 'purchase.product_supplier']
    for name in readable:
        model, = models.find([('model', '=', name)])
        access(model=model, group=group, perm_read=True, perm_write=name == 'sale.sale',
               perm_create=False, perm_delete=False).save()
    company, = Model.get('company.company').find([])
    user = Model.get('res.user')(name='backorderd', login=DAEMON_USER)
    user.password = DAEMON_PASSWORD
    user.groups.append(Model.get('res.group')(group.id))
    user.companies.append(Model.get('company.company')(company.id))
    user.company = company
    user.save()
