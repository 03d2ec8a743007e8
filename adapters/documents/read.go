package documents

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Read reads a CDA document of which no more is known: see [Listed.Read].
func Read(content []byte, who *lhcrv1.PatientQuery, now time.Time) (fhir.Payload, *lhcrv1.Gap) {
	return Listed{}.Read(content, who, now)
}

// Reading is what was read of a document.
type Reading struct {
	// Payload is for package fhir. It is empty where the document is not read.
	Payload fhir.Payload
	// Letter says that nobody read the body, or a part of it: it is a text, a picture or a PDF
	// in the frame of a CDA document, or nothing at all.
	Letter bool
}

// Read reads a CDA document's coded sections into a payload for package fhir. The
// document itself must say that it is about the patient: by the number asked for, and by
// no other date of birth. A document that is not read is a gap, and never the reason to
// doubt the whole answer of the region that lists it. A payload beside a gap is of a document
// that is not certainly about the patient.
//
// A letter is a gap of each section that the payload answers; see [Listed.ReadOrNote].
func (l Listed) Read(content []byte, who *lhcrv1.PatientQuery, now time.Time) (fhir.Payload, *lhcrv1.Gap) {
	r, gap := l.read(content, who, now, false)
	return r.Payload, gap
}

// ReadOrNote is [Listed.Read] for those who note the letters that nobody read: one is no gap
// then, but its reading says so (see [HasLetters]).
func (l Listed) ReadOrNote(content []byte, who *lhcrv1.PatientQuery, now time.Time) (Reading, *lhcrv1.Gap) {
	return l.read(content, who, now, true)
}

func (l Listed) read(content []byte, who *lhcrv1.PatientQuery, now time.Time, noted bool) (Reading, *lhcrv1.Gap) {
	if !IsCDA(content) {
		return Reading{}, unread("a document that may hold entries is of a kind that is not read")
	}
	r, err := l.reading(content, noted)
	if err != nil {
		return Reading{}, unread("a document could not be read: what it holds of this section is missing")
	}
	admitted, gap := admit(r.Payload, who, now)
	if !admitted {
		return Reading{}, gap
	}
	return r, gap
}

func unread(message string) *lhcrv1.Gap {
	return &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: 1, Message: message}
}

func stranger(message string) *lhcrv1.Gap {
	return &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, Count: 1, Message: message}
}

// admit sees that every patient whom a document names is the one asked for. The gap of one
// that is admitted says that this is not certain.
func admit(payload fhir.Payload, who *lhcrv1.PatientQuery, now time.Time) (bool, *lhcrv1.Gap) {
	b := answer.NewBuilder(answer.Options{NHSNumber: who.GetNhsNumber(), Now: now})
	if payload.Read != nil {
		b.AddRead(payload.Read)
	} else if b.Add(payload.Body) != nil {
		return false, unread("a document could not be read: what it holds of this section is missing")
	}
	patients := b.Build().Patients()
	if len(patients) == 0 {
		return false, stranger("a document does not say whom it is about and is not read")
	}
	var unsure *lhcrv1.Gap
	for _, p := range patients {
		gap := judge(p, who)
		if gap.GetKind() == lhcrv1.GapKind_GAP_KIND_OTHER_PERSON {
			return false, gap
		}
		unsure = cmp.Or(unsure, gap)
	}
	return true, unsure
}

// judge sees that a patient is the one asked for: by no other number but one that is marked as
// a former one. A number that nobody traced is nothing without the date of birth, and with it
// not certain.
func judge(p *answer.Patient, who *lhcrv1.PatientQuery) *lhcrv1.Gap {
	other := func(n answer.PatientNumber) bool { return n.Value != who.GetNhsNumber() }
	traced := func(n answer.PatientNumber) bool { return !isUntraced(n) }
	switch {
	case len(p.Numbers) == 0:
		return stranger("a document does not say whom it is about and is not read")
	case slices.ContainsFunc(p.Numbers, other):
		return stranger("a document about another person is not read")
	case differs(p.BirthDate, who.GetDateOfBirth()):
		return stranger("a document about a person of another date of birth is not read")
	case slices.ContainsFunc(p.Numbers, traced):
		return nil
	case len(digits(string(p.BirthDate))) != wholeDate || len(digits(who.GetDateOfBirth())) != wholeDate:
		return stranger("a document names the patient by a number that was not traced, and is not read")
	}
	return unread("a document names the patient by a number that was not traced: what it says may be about another person")
}

// wholeDate is how many digits a date to the day has.
const wholeDate = len("YYYYMMDD")

// isUntraced says that the number itself is marked as one that nobody traced (the NHS number
// verification status).
func isUntraced(n answer.PatientNumber) bool {
	return n.Verification != nil && strings.EqualFold(n.Verification.Text, "not traced")
}

// differs compares two dates of birth at the coarser of their precisions. One that is not
// known differs from none.
func differs(recorded model.When, asked string) bool {
	parsed := recorded.Parse()
	a, b := digits(string(recorded)), digits(asked)
	if parsed.Precision == model.PrecisionNone || parsed.Precision == model.PrecisionTime || b == "" {
		return false
	}
	n := min(len(a), len(b))
	return a[:n] != b[:n]
}

// digits are those of a date without its time of day.
func digits(date string) string {
	day, _, _ := strings.Cut(date, "T")
	return strings.ReplaceAll(strings.TrimSpace(day), "-", "")
}
