"""The region's JSON as the contract's messages.

Every fact is delivered as it was recorded: words stay words, dates keep their precision.
What cannot be read is a gap, never silence.
"""

import hashlib
import re

from google.protobuf import duration_pb2
from lhcr.adapter.v1 import adapter_service_pb2 as adapter
from lhcr.v1 import clinical_pb2, item_pb2, medication_pb2, outcome_pb2, person_pb2, record_pb2, section_pb2, values_pb2

REGION = "example-python"
# Changes when the same answer would be read differently, so that nothing that a faulty
# reader read is served after it was mended.
READER = "example-1"

PERSON = section_pb2.SECTION_PERSON_DEMOGRAPHICS
ALLERGIES = section_pb2.SECTION_ALLERGIES
MEDICATIONS = section_pb2.SECTION_MEDICATIONS
GIVEN = (PERSON, ALLERGIES, MEDICATIONS)
NEVER = "this region never gives it"


def unheld(sections):
    """The answer for somebody whom the region does not know. That can mean hidden."""
    return adapter.FetchResponse(outcomes=[_outcome(s, "NOT_HELD") for s in sections])


def failed(sections, failure):
    """The answer where nothing usable came."""
    return adapter.FetchResponse(outcomes=[_outcome(s, failure.status, failure) for s in sections])


def read(record, sections, nhs_number):
    """The answer of a record for the sections asked for."""
    person = record.get("patient")
    person = person if isinstance(person, dict) else {}
    matched = adapter.MatchedPatient(nhs_number=_text(person, "nhsNumber"), source_id=_text(person, "id"))
    if _text(person, "dateOfBirth"):
        matched.birth_date.CopyFrom(_when(_text(person, "dateOfBirth")))
    response = adapter.FetchResponse(record=record_pb2.Record(), patients=[matched])
    mismatch = _mismatch(matched.nhs_number, nhs_number)
    for section in sections:
        if section not in GIVEN:
            response.outcomes.append(_outcome(section, "NOT_SUPPORTED"))
        elif mismatch:  # nothing of somebody else's record is delivered
            outcome = _outcome(section, "IDENTITY_MISMATCH")
            outcome.identity_mismatch_reason = mismatch
            response.outcomes.append(outcome)
        else:
            response.outcomes.append(_section(section, record, person, response.record))
    return response


def _mismatch(came, asked):
    if came == asked:
        return 0
    name = "DIFFERENT_NHS_NUMBER" if came else "NO_NHS_NUMBER"
    return outcome_pb2.IdentityMismatchReason.Value("IDENTITY_MISMATCH_REASON_" + name)


def _section(section, record, person, into):
    if section == PERSON:
        into.person_demographics.append(_person(person))
        return _outcome(section, "RETURNED")
    key, make, kept = {
        ALLERGIES: ("allergies", _allergy, into.allergies),
        MEDICATIONS: ("medicines", _medicine, into.medications),
    }[section]
    entries, gaps = _entries(record, key)
    for entry in entries:
        kept.append(make(entry))
    return _status(section, len(entries), gaps)


def _entries(record, key):
    """The entries of a list and the gaps in it."""
    entries, gaps = record.get(key), []
    if not isinstance(entries, list):
        return [], [_gap("MALFORMED", "the region's list could not be read")]
    sound = [e for e in entries if isinstance(e, dict) and _text(e, "name")]
    if len(sound) < len(entries):
        gap = _gap("ITEM_UNREADABLE", "entries of the region's list could not be read")
        gap.count = len(entries) - len(sound)
        gaps.append(gap)
    missing = record.get("incomplete")
    if not isinstance(missing, list) or key in missing:  # what is not said to be whole may not be
        gaps.append(_gap("PROVIDER_FAILED", "the region says that its list is not whole"))
    return sound, gaps


def _status(section, count, gaps):
    """A partial allergy list is INVALID, with what came beside it: showing it as the list
    would be worse than hiding it, and hiding a known allergy would be worse still."""
    if gaps and (section == ALLERGIES or not count):
        outcome = _outcome(section, "INVALID")
    elif count:
        outcome = _outcome(section, "RETURNED")
    else:  # empty is not none: this region asserts nothing
        outcome = _outcome(section, "NOTHING_RECORDED")
    outcome.gaps.extend(gaps)
    return outcome


def _outcome(section, status, failure=None):
    if section not in GIVEN:
        status, failure = "NOT_SUPPORTED", None
    outcome = outcome_pb2.SectionOutcome(
        region_id=REGION, section=section, status=outcome_pb2.OutcomeStatus.Value("OUTCOME_STATUS_" + status))
    if status == "NOT_SUPPORTED":
        outcome.message = NEVER
    if failure:
        outcome.message = failure.message
        outcome.gaps.append(_gap(failure.gap, failure.message, failure.retryable))
        if failure.retry_after is not None:
            outcome.retry_after.CopyFrom(duration_pb2.Duration(seconds=failure.retry_after))
    return outcome


def _gap(kind, message, retryable=True):
    return outcome_pb2.Gap(kind=outcome_pb2.GapKind.Value("GAP_KIND_" + kind), message=message, retryable=retryable)


def _header(section, kind, entry):
    """An item is known by its source's id; without one by its content, and that is said."""
    known = _text(entry, "id")
    name = known or repr(sorted((k, repr(v)) for k, v in entry.items()))
    header = item_pb2.ItemHeader(
        item_id=hashlib.sha256("|".join((REGION, kind, name)).encode()).hexdigest()[:32],
        item_id_unstable=not known, region_id=REGION, section=section, source_type=kind, source_id=known,
        status=_text(entry, "status"),
        # The region answers about one person, whose number was compared.
        subject_check=item_pb2.SUBJECT_CHECK_MATCH)
    if _text(entry, "recorded"):
        header.recorded.CopyFrom(_when(_text(entry, "recorded")))
    return header


def _person(entry):
    person = person_pb2.Person(header=_header(PERSON, "patient", entry), nhs_number=_text(entry, "nhsNumber"), nhs_number_valid=True)
    if _text(entry, "name"):
        person.names.add(text=_text(entry, "name"))
    if _text(entry, "dateOfBirth"):
        person.birth_date.CopyFrom(_when(_text(entry, "dateOfBirth")))
    return person


def _allergy(entry):
    return clinical_pb2.Allergy(
        header=_header(ALLERGIES, "allergy", entry), code=_concept(entry), clinical_status=_text(entry, "status"))


def _medicine(entry):
    medicine = medication_pb2.Medication(
        header=_header(MEDICATIONS, "medicine", entry), kind=medication_pb2.MEDICATION_KIND_STATEMENT,
        product=medication_pb2.Product(code=_concept(entry)))
    if _text(entry, "dose"):
        medicine.dosages.add(text=_text(entry, "dose"))
    return medicine


def _concept(entry):
    words = _text(entry, "name")
    concept = values_pb2.Concept(text=words, display=words)
    if _text(entry, "snomed"):
        concept.codings.add(system="http://snomed.info/sct", code=_text(entry, "snomed"))
    return concept


# A date is compared with its form and never completed, moved or rounded.
_PRECISIONS = (
    (re.compile(r"\d{4}"), values_pb2.DATE_PRECISION_YEAR),
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), values_pb2.DATE_PRECISION_MONTH),
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), values_pb2.DATE_PRECISION_DAY),
)


def _when(words):
    for form, precision in _PRECISIONS:
        if form.fullmatch(words):
            return values_pb2.When(original=words, precision=precision)
    return values_pb2.When(original=words, precision=values_pb2.DATE_PRECISION_UNPARSED)


def _text(entry, key):
    """A string of an entry; a number as its digits; nothing for anything else."""
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return str(value)
