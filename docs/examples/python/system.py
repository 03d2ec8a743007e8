"""The regional system as it speaks: one HTTPS question, one JSON answer.

This is the room for what is the region's own protocol. What it raises is a Failure, in
words that name neither a patient nor an address and hold nothing of an answer.
"""

import http.client
import json
import socket
import ssl
import threading
import urllib.parse

# The most that is read of one answer, in bytes.
MOST = 16 << 20


class Failure(Exception):
    """The region gave nothing usable.

    status and gap are names of lhcr.v1.OutcomeStatus and lhcr.v1.GapKind without their
    prefixes; retry_after is in seconds, None where the region did not say.
    """

    def __init__(self, status, gap, message, retryable=False, retry_after=None):
        super().__init__(message)
        self.status, self.gap, self.message = status, gap, message
        self.retryable, self.retry_after = retryable, retry_after


class System:
    """A regional system. It keeps nothing of a patient, and may be used side by side."""

    def __init__(self, base_url, ca_file, secret):
        at = urllib.parse.urlsplit(base_url)
        if at.scheme != "https" or not at.hostname:
            raise ValueError("the base URL is no https address")
        self._host, self._port, self._path = at.hostname, at.port or 443, at.path.rstrip("/")
        self._secret = secret
        self._trust = ssl.create_default_context(cafile=ca_file)
        self._trust.minimum_version = ssl.TLSVersion.TLSv1_2

    @property
    def host(self):
        return self._host

    @property
    def port(self):
        return self._port

    def record(self, nhs_number, caller, seconds, on_end):
        """What the region holds of a patient, as it sends it; None where it knows nobody.

        The number stands in the body, never in the address. The originating organisation
        and person go with it: no region lets a gateway act as itself. The whole of it takes
        at most seconds, however slowly the region drips, and ends when whoever asked is
        gone: on_end takes what is to be called then.
        """
        question = json.dumps({
            "nhsNumber": nhs_number,
            "organisation": caller.organisation_ods_code,
            "person": caller.person_id,
            "role": caller.role_code,
        })
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=self._trust)
        late = threading.Event()
        watch = threading.Timer(seconds, _cut, (connection, late))
        try:
            connection.connect()
            connection.cut = connection.sock  # http.client lets go of it before the body is read
            watch.start()
            on_end(lambda: _cut(connection, late))
            connection.request("POST", self._path + "/record", question, {
                "Content-Type": "application/json",
                "Authorization": "Bearer " + self._secret,
            })
            answer = connection.getresponse()
            return self._read(answer, late)
        except TimeoutError:
            raise Failure("UNAVAILABLE", "TIMED_OUT", "the region did not answer in time", True) from None
        except http.client.IncompleteRead:
            if late.is_set():
                raise Failure("UNAVAILABLE", "TIMED_OUT", "the region did not answer in time", True) from None
            raise Failure("INVALID", "MALFORMED", "the region's answer was cut short", True) from None
        except (OSError, http.client.HTTPException):
            if late.is_set():
                raise Failure("UNAVAILABLE", "TIMED_OUT", "the region did not answer in time", True) from None
            raise Failure("UNAVAILABLE", "PROVIDER_FAILED", "the connection to the region broke", True) from None
        finally:
            watch.cancel()
            connection.close()

    def _read(self, answer, late):
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise _refusal(answer)
        body = answer.read(MOST + 1)
        if late.is_set():
            raise TimeoutError
        if len(body) > MOST:
            raise Failure("INVALID", "TOO_LARGE", "the region's answer is larger than is read")
        if answer.length:  # of what it announced, that much did not come
            raise http.client.IncompleteRead(b"")
        try:
            record = json.loads(body)
        except (ValueError, RecursionError):
            raise Failure("INVALID", "MALFORMED", "the region's answer could not be read", True) from None
        if not isinstance(record, dict):
            raise Failure("INVALID", "MALFORMED", "the region's answer is no record", True)
        return record


def _cut(connection, late):
    late.set()
    try:
        connection.cut.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already


def _refusal(answer):
    after = answer.headers.get("Retry-After", "")
    after = int(after) if after.isdecimal() and len(after) < 7 else None
    if answer.status in (401, 403):
        return Failure("REFUSED", "REFUSED", f"the region refused us ({answer.status})")
    if answer.status == 429:
        return Failure("REFUSED", "REFUSED", "the region says that we ask too often (429)", True, after)
    if answer.status >= 500:
        return Failure("UNAVAILABLE", "PROVIDER_FAILED", f"the region failed ({answer.status})", True, after)
    return Failure("UNAVAILABLE", "PROVIDER_FAILED", f"the region did not accept what it was asked ({answer.status})")
