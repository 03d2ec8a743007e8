package documents

import (
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

// Read reads a CDA document's coded sections into a payload for package fhir. The
// document itself must say that it is about the patient: by the number asked for, and by
// no other date of birth. A document that is not read is a gap, and never the reason to
// doubt the whole answer of the region that lists it.
func (l Listed) Read(content []byte, who *lhcrv1.PatientQuery, now time.Time) (fhir.Payload, *lhcrv1.Gap) {
	if !IsCDA(content) {
		return fhir.Payload{}, unread("a document that may hold entries is of a kind that is not read")
	}
	payload, err := l.readCDA(content)
	if err != nil {
		return fhir.Payload{}, unread("a document could not be read: what it holds of this section is missing")
	}
	if gap := admit(payload, who, now); gap != nil {
		return fhir.Payload{}, gap
	}
	return payload, nil
}

func unread(message string) *lhcrv1.Gap {
	return &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: 1, Message: message}
}

func stranger(message string) *lhcrv1.Gap {
	return &lhcrv1.Gap{Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, Count: 1, Message: message}
}

// admit sees that every patient whom a document names is the one asked for.
func admit(payload fhir.Payload, who *lhcrv1.PatientQuery, now time.Time) *lhcrv1.Gap {
	b := answer.NewBuilder(answer.Options{NHSNumber: who.GetNhsNumber(), Now: now})
	if payload.Read != nil {
		b.AddRead(payload.Read)
	} else if b.Add(payload.Body) != nil {
		return unread("a document could not be read: what it holds of this section is missing")
	}
	patients := b.Build().Patients()
	if len(patients) == 0 {
		return stranger("a document does not say whom it is about and is not read")
	}
	for _, p := range patients {
		switch {
		case len(p.Numbers) == 0:
			return stranger("a document does not say whom it is about and is not read")
		case p.Number() != who.GetNhsNumber():
			return stranger("a document about another person is not read")
		case differs(p.BirthDate, who.GetDateOfBirth()):
			return stranger("a document about a person of another date of birth is not read")
		}
	}
	return nil
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
