#!/usr/bin/python3
"""The whole of it on real counterparts: a Tryton server, a Postfix, and the daemon between them.

    BACKORDERD=PATH scenario.py [story] [kills]

`story` follows a distributor's day and looks at every mailbox after each step. `kills` does the
same while the daemon is killed (-9) at 50 random moments. Without a word, both are done.
BACKORDERD_KEEP=1 keeps the folders with all logs; BACKORDERD_SEED repeats the moments of a run.
"""

import os
import random
import re
import shutil
import sys
import tempfile
import time

from checks import Checks, Inbox, is_idle, wait_until
from story import Story
from world import World, make_database

KILLS = 50
KILLS_PER_STEP = 3
MAIL_TAKES_SECONDS = 2  # with a mail server that sleeps for one of them
SETTLE_SECONDS = 180


def poll(daemon, checks=None):
    """One poll as an operator asks for it."""
    outcome = daemon.command('poll')
    if checks:
        checks.check('  poll', outcome.returncode == 0, outcome.stdout + outcome.stderr)
    return outcome.returncode == 0


def check_notes(checks, erp, stories, queue):
    """One note for each mail; of what ended as unknown it says that the customer was perhaps told."""
    wanted = {}
    for story in stories:
        wanted.update({sale: [count, 0] for sale, count in story.notes.items()})
    for message in queue['messages']:
        order = re.match(r'(?:Order|Auftrag) (\d+):', message['subject'])
        if message['state'] == 'unknown' and order:
            wanted[order[1]][0] -= 1
            wanted[order[1]][1] += 1

    def counts():
        found = {}
        for sale in wanted:
            perhaps = [note for note in erp.notes(sale) if 'perhaps told' in str(note)]
            found[sale] = [len(erp.notes(sale)) - len(perhaps), len(perhaps)]
        return found
    wait_until(lambda: counts() == wanted, SETTLE_SECONDS, 1)
    found = counts()
    checks.check('notes stand on the sales, one for each mail', found == wanted,
                 f'{found} instead of {wanted}')


def follow_story(binary, database, checks):
    print('-- a day in the ERP', flush=True)
    with World(binary, database) as world:
        story, inbox, daemon = Story(world.erp), Inbox(world.mail), world.daemon
        story.first_sales()
        outcome = daemon.command('check')
        checks.check('check finds nothing wrong', outcome.returncode == 0,
                     outcome.stdout + outcome.stderr)
        daemon.start()
        daemon.wait_until_ready()
        poll(daemon, checks)
        checks.check('the first snapshot tells nobody', not inbox.all(), inbox.unclaimed())
        for step in story.steps():
            print(step.what, flush=True)
            step.act()
            poll(daemon, checks)
            for wanted in step.mails():
                reason = inbox.wait_for(wanted)
                checks.check(f'  {wanted.box}: {wanted.subject}', reason is None, reason)
            poll(daemon)  # an unchanged ERP brings nothing new
            idle = wait_until(lambda: is_idle(daemon.queue()) and not world.mail.queued(),
                              SETTLE_SECONDS)
            checks.check('  and no other mail', idle and not inbox.unclaimed(),
                         inbox.unclaimed() or daemon.queue())
        check_notes(checks, world.erp, [story], daemon.queue())
        checks.check('no mail twice', not inbox.doubled(), inbox.doubled())
        explained = daemon.command('explain', story.pump)
        checks.check('explain tells the story of an order',
                     explained.returncode == 0 and 'TRK-REST' in explained.stdout,
                     explained.stdout + explained.stderr)
        checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)


def kill_at_random(daemon, moments, within):
    """Starts the daemon, which polls at once, and kills it at some moment of what follows."""
    daemon.start()
    time.sleep(moments.uniform(0, within))
    daemon.kill()


def settle(daemon, mail, inbox, wanted):
    """The daemon runs until every mail has come that can. Returns those that have not."""
    daemon.start()
    daemon.wait_until_ready()
    poll(daemon)

    def lacking():
        return [one for one in wanted if one not in inbox.claimed.values() and inbox.claim(one)]

    def is_over():
        queue = daemon.queue()
        missing = lacking()
        # What ended as unknown is tried no more, and may or may not have arrived.
        given_up = [message['subject'] for message in (queue or {'messages': []})['messages']
                    if message['state'] == 'unknown']
        return is_idle(queue) and not mail.queued() and all(
            any(one.subject in subject for subject in given_up) for one in missing)

    wait_until(is_over, SETTLE_SECONDS)
    return lacking()


def check_outcome(checks, daemon, inbox, missing):
    """Nothing missing and nothing doubled that the queue does not call unknown."""
    messages = {message['message_id']: message for message in daemon.queue()['messages']}

    def was_unknown(message_id):
        message = messages.get(message_id.strip('<> '), {})
        return message.get('state') == 'unknown' or message.get('unknown_outcomes', 0) > 0

    given_up = [message for message in messages.values() if message['state'] == 'unknown']
    lost = [one for one in missing
            if not any(one.subject in message['subject'] for message in given_up)]
    checks.check('no mail is missing that the queue does not call unknown', not lost, lost)
    checks.check('no mail came that was not expected', not inbox.unclaimed(), inbox.unclaimed())
    doubled = inbox.doubled()
    known = {one: count for one, count in doubled.items() if not was_unknown(one)}
    checks.check('no mail twice, except where the queue says that its outcome was unknown',
                 not known, known)
    checks.check('none more than twice', all(count <= 2 for count in doubled.values()), doubled)
    print(f'      {len(messages)} messages, {len(doubled)} of them twice, '
          f'{sum(was_unknown(one) for one in messages)} with an unknown outcome', flush=True)


def time_of_a_poll(daemon):
    began = time.monotonic()
    daemon.start()
    daemon.wait_until_ready()
    if not poll(daemon):  # The first adopts what is open: without it nothing that follows is news.
        sys.exit('the first poll failed')
    return time.monotonic() - began


def survive_kills(binary, database, checks):
    seed = int(os.environ.get('BACKORDERD_SEED', random.randrange(2 ** 32)))
    moments = random.Random(seed)
    # A mail server that takes its time widens the moment in which an outcome is unknown.
    with World(binary, database, slow_mail=True) as world:
        daemon, inbox = world.daemon, Inbox(world.mail)
        within = time_of_a_poll(daemon) + MAIL_TAKES_SECONDS
        print(f'-- {KILLS} kills, each within {within:.1f} s, seed {seed}', flush=True)
        kills, missing, stories = 0, [], []
        while kills < KILLS:
            story = Story(world.erp)
            stories.append(story)
            for step in story.steps():
                # Half of what a person does would be another story, so nobody looks meanwhile.
                daemon.stop()
                step.act()
                for _ in range(KILLS_PER_STEP):
                    kill_at_random(daemon, moments, within)
                    kills += 1
                wanted = step.mails()
                lost = settle(daemon, world.mail, inbox, wanted)
                missing += lost
                print(f'{step.what}: {kills} kills, {len(wanted) - len(lost)} of {len(wanted)} '
                      'mails', flush=True)
        checks.check(f'{kills} kills', kills >= KILLS)
        check_outcome(checks, daemon, inbox, missing)
        check_notes(checks, world.erp, stories, daemon.queue())
        checks.check('SIGTERM ends it with status 0', daemon.stop() == 0)


def main(modes):
    binary = os.path.abspath(os.environ.get('BACKORDERD', 'build/backorderd'))
    if not os.access(binary, os.X_OK):
        sys.exit(f'no program at {binary}; set BACKORDERD to its path')
    checks = Checks()
    folder = tempfile.mkdtemp(prefix='backorderd-integration-database-')
    try:
        began = time.monotonic()
        database = make_database(folder)
        print(f'-- a Tryton database in {time.monotonic() - began:.0f} s', flush=True)
        for mode, run in (('story', follow_story), ('kills', survive_kills)):
            if not modes or mode in modes:
                run(binary, database, checks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if checks.summary() else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
