"""Receivers on loopback that keep everything they accept: one of mail, one of HTTP."""

import email
import email.policy
import http.server
import json
import socketserver
import threading
import time

IDLE_SECONDS = 10


class Copy:
    """One thing that arrived: the id it was sent under, and its text."""

    def __init__(self, identity, text):
        self.identity = identity
        self.text = text


class Sink:
    """What both have: a server on a port of its own, what was accepted, and who still talks."""

    def __init__(self, server_class, handler_class):
        self.copies = []
        self.talking = 0
        self.lock = threading.Lock()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.server = server_class(('127.0.0.1', 0), handler_class)
        self.server.daemon_threads = True
        self.server.sink = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def accept(self, copy):
        with self.lock:
            self.copies.append(copy)
        self.may_answer.wait(IDLE_SECONDS * 6)

    def count(self, step):
        with self.lock:
            self.talking += step

    def take(self):
        """All that came, once nobody talks any more; and forgets it."""
        deadline = time.monotonic() + IDLE_SECONDS
        while self.talking > 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        with self.lock:
            copies, self.copies = self.copies, []
        return copies

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ThreadingServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64


class Dialogue(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client that sends one mail after the other needs."""

    def handle(self):
        self.server.sink.count(1)
        try:
            self.talk()
        except OSError:
            pass  # The client was killed.
        finally:
            self.server.sink.count(-1)

    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def talk(self):
        self.say('220 sink ESMTP')
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b''
            if verb == b'QUIT':
                self.say('221 bye')
                return
            if verb == b'DATA':
                self.say('354 go on')
                if not self.take_mail():
                    return
            elif verb == b'EHLO':
                self.say('250-sink\r\n250 8BITMIME')
            else:
                self.say('250 ok')

    def take_mail(self):
        lines = []
        while (line := self.rfile.readline()) != b'.\r\n':
            if not line.endswith(b'\r\n'):
                return False  # It broke off: nothing was accepted.
            lines.append(line[1:] if line.startswith(b'..') else line)
        mail = email.message_from_bytes(b''.join(lines), policy=email.policy.default)
        body = mail.get_body(('plain', 'html'))
        text = f'{mail["Subject"]}\n{body.get_content() if body else ""}'
        self.server.sink.accept(Copy(mail['Message-ID'].strip('<> '), text))
        self.say('250 accepted')
        return True


class MailSink(Sink):
    def __init__(self):
        super().__init__(ThreadingServer, Dialogue)


class Gateway(http.server.BaseHTTPRequestHandler):
    """Takes a JSON object with `id` and `text`."""

    def copy_of(self, call):
        return Copy(call['id'], call['text'])

    def do_POST(self):
        self.server.sink.count(1)
        try:
            body = self.rfile.read(int(self.headers['Content-Length']))
            if len(body) < int(self.headers['Content-Length']):
                return
            call = json.loads(body)
            self.server.sink.accept(self.copy_of(call))
            self.send_response(200)
            self.send_header('Content-Length', '0')
            self.end_headers()
        except OSError:
            pass
        finally:
            self.server.sink.count(-1)

    def log_message(self, *_):
        pass


class GatewaySink(Sink):
    def __init__(self):
        super().__init__(http.server.ThreadingHTTPServer, Gateway)


class Webhook(Gateway):
    """Takes what config/schema/webhook.schema.json describes."""

    def copy_of(self, call):
        # The domain, by which the queue knows the message, is not told.
        return Copy(f'{call["id"]}@house.example', call['data']['text'])


class WebhookSink(Sink):
    def __init__(self):
        super().__init__(http.server.ThreadingHTTPServer, Webhook)
