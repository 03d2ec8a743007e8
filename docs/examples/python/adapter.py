"""An adapter of a regional system, in Python: lhcr.adapter.v1.AdapterService.

It runs beside the gateway, which reaches it over mutual TLS and cannot tell it from an
adapter of its own process. Settings come from the environment:

    REGION_URL            where the regional system answers, https
    REGION_CA             file of the authorities that its certificate is checked against
    REGION_SECRET_FILE    file of the secret by which it knows us
    ADAPTER_LISTEN        host:port to listen on (127.0.0.1:7500; port 0 takes any)
    ADAPTER_CERT          file of our own certificate, PEM
    ADAPTER_KEY           file of its key, PEM
    ADAPTER_CLIENT_CA     file of the authority whose clients may call: the gateway's
"""

import hashlib
import os
import signal
import sys
from concurrent import futures

import grpc
from google.protobuf import duration_pb2
from lhcr.adapter.v1 import adapter_service_pb2 as adapter
from lhcr.adapter.v1 import adapter_service_pb2_grpc as service
from lhcr.v1 import region_pb2, section_pb2

import reading
import system

# The largest message between the gateway and an adapter: a whole record.
LARGEST = 32 << 20
# How long a fetch may take where the caller set no deadline, and what is kept back of the
# caller's time so that an outcome still arrives; in seconds.
LONGEST, RESERVE = 10.0, 0.25


class Adapter(service.AdapterServiceServicer):
    """One region. A method that is not here answers UNIMPLEMENTED, as the contract has it."""

    def __init__(self, region):
        self._region = region
        self._about = _describe(region)

    def Describe(self, request, context):
        return self._about

    def Fetch(self, request, context):
        number = request.patient.nhs_number
        if not number or not request.sections:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "name a patient and at least one section")
        if request.handle:  # this adapter gives none
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the handle is not one that this region gave")
        sections = list(dict.fromkeys(request.sections))
        if not any(s in reading.GIVEN for s in sections):
            return reading.unheld(sections)
        try:
            record = self._region.record(number, request.caller, _seconds(context), context.add_callback)
        except system.Failure as failure:
            return reading.failed(sections, failure)
        if record is None:
            return reading.unheld(sections)
        return reading.read(record, sections, number)


def _seconds(context):
    left = context.time_remaining()
    if left is None:
        return LONGEST
    return min(LONGEST, max(left - min(left / 5, RESERVE), 0.001))


def _describe(region):
    """Every section and ability: there or not, and why not."""
    about = region_pb2.Region(
        region_id=reading.REGION, name="A region in Python",
        description="A worked example of an adapter in another language.",
        platform="An example", protocol="JSON over HTTPS", certainty=region_pb2.CERTAINTY_ASSUMED,
        varies_by=[region_pb2.VARIES_BY_PERSON, region_pb2.VARIES_BY_ORGANISATION, region_pb2.VARIES_BY_ROLE])
    for section in sorted(section_pb2.Section.values())[1:]:
        given = section in reading.GIVEN
        about.sections.add(section=section, supported=given, reason="" if given else reading.NEVER)
    for capability in sorted(region_pb2.Capability.values())[1:]:
        about.capabilities.add(capability=capability, reason="this example leaves it out")
    return adapter.DescribeResponse(
        region=about, reader_version=reading.READER, fetch_timeout=duration_pb2.Duration(seconds=int(LONGEST)),
        # Changes with whatever may change an answer, and tells no secret.
        configuration=hashlib.sha256(f"{region.host}:{region.port}".encode()).hexdigest()[:32],
        endpoints=[region_pb2.NetworkEndpoint(
            region_id=reading.REGION, host=region.host, port=region.port, protocol="https",
            network="HSCN", direction="outbound", purpose="record")])


def _contents(name):
    with open(os.environ[name], "rb") as file:
        return file.read()


def serve():
    """Serve until told to stop; print the port that was taken."""
    region = system.System(os.environ["REGION_URL"], os.environ["REGION_CA"], _contents("REGION_SECRET_FILE").decode().strip())
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=[
        ("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)])
    service.add_AdapterServiceServicer_to_server(Adapter(region), server)
    security = grpc.ssl_server_credentials(
        [(_contents("ADAPTER_KEY"), _contents("ADAPTER_CERT"))], _contents("ADAPTER_CLIENT_CA"), require_client_auth=True)
    port = server.add_secure_port(os.environ.get("ADAPTER_LISTEN", "127.0.0.1:7500"), security)
    server.start()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: server.stop(grace=5))
    print(f"listening on port {port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    try:
        serve()
    except KeyError as missing:
        sys.exit(f"the environment variable {missing.args[0]} is not set")
    except (OSError, ValueError, RuntimeError) as wrong:
        sys.exit(f"the adapter cannot start: {wrong}")
