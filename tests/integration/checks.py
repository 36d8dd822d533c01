"""Waiting for mails, matching them with what was expected, and counting checks."""

import time

from mail_server import plain_text

MAIL_SECONDS = 180


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, holds, detail=''):
        if holds:
            self.passed += 1
            print(f'ok    {what}', flush=True)
        else:
            self.failed += 1
            print(f'FAIL  {what}' + (f'\n      {detail}' if detail else ''), flush=True)
        return bool(holds)

    def summary(self):
        print(f'{self.passed} passed, {self.failed} failed')
        return self.failed == 0


class Inbox:
    """All Maildirs of a mail server, and which of their mails were expected."""

    def __init__(self, mail):
        self.mail = mail
        self.claimed = {}  # Message-ID: what was expected

    def all(self):
        return [(box, message) for box in [*self.mail.boxes, 'elsewhere']
                for message in self.mail.mails(box)]

    def claim(self, wanted):
        """The reason why no unclaimed mail is the wanted one; None where one is."""
        near = 'no mail has that subject'
        for box, message in self.all():
            if (box != wanted.box or message['Message-ID'] in self.claimed
                    or wanted.subject not in message['Subject']):
                continue
            text = f'{message["Subject"]}\n{plain_text(message)}'
            lacking = [one for one in wanted.contains if one not in text]
            surplus = [one for one in wanted.lacks if one in text]
            if not lacking and not surplus:
                self.claimed[message['Message-ID']] = wanted
                return None
            near = f'{lacking} is not in it, {surplus} is:\n{text}'
        return near

    def wait_for(self, wanted, seconds=MAIL_SECONDS):
        deadline = time.monotonic() + seconds
        while True:
            reason = self.claim(wanted)
            if reason is None or time.monotonic() > deadline:
                return reason
            time.sleep(0.2)

    def unclaimed(self):
        return [f'{box}: {message["Subject"]} ({message["Message-ID"]})'
                for box, message in self.all() if message['Message-ID'] not in self.claimed]

    def doubled(self):
        """Message-IDs that lie in the Maildirs more than once, with how often."""
        counts = {}
        for _, message in self.all():
            counts[message['Message-ID']] = counts.get(message['Message-ID'], 0) + 1
        return {message_id: count for message_id, count in counts.items() if count > 1}


def wait_until(holds, seconds, pause=0.2):
    """Whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def is_idle(queue):
    """Nothing is on its way, or waits to be."""
    return queue is not None and not queue['planned'] and all(
        message['state'] not in ('ready', 'claimed', 'on_wire', 'deferred')
        for message in queue['messages'])
