package answer

import (
	"cmp"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
)

// state is what became of a resource; each has exactly one, so that an account
// cannot fail to balance.
type state uint8

const (
	unclaimed state = iota
	item
	supporting
	reported
)

// ledger watches over contradictions.
type ledger struct{ strict bool }

// The reasons that this package gives.
const (
	ReasonUnmapped    = "nothing of it was made into an item"
	ReasonOtherPerson = "it is about another person"
	ReasonNotRecord   = "its type is no part of a patient's record"
	ReasonUnknownType = "its type is not known"
)

// supports names the types that may count as supporting: people, places and
// products that items are made with, the lists that place them, and plumbing,
// which says how an answer was put together (a message's header, the maker of
// a resource, a document's frame, a failure) or by whom a service or a booking
// is offered.
var supports = map[string]bool{
	"Patient": true, "Practitioner": true, "PractitionerRole": true, "Organization": true,
	"Location": true, "Device": true, "Medication": true, "List": true, "Specimen": true,
	"MessageHeader": true, "Provenance": true, "Composition": true, "OperationOutcome": true,
	"HealthcareService": true, "Schedule": true, "Slot": true, "Endpoint": true,
}

// MaySupport reports a type that may count as supporting.
func MaySupport(resourceType string) bool { return supports[resourceType] }

// Item counts the resource as an item or a part of one. It may be said again,
// and of a resource that was supporting before.
func (e *Entry) Item() {
	if e.state == reported {
		e.contradicted("an item after it was reported")
		return
	}
	e.state = item
}

// IsItem reports that the resource became an item or a part of one.
func (e *Entry) IsItem() bool { return e.state == item }

// Support counts the resource as supporting, unless it is an item already.
// Other types than [MaySupport] allows are reported instead.
func (e *Entry) Support() {
	if !supports[e.Type] {
		e.contradicted("supporting, which its type may not")
		e.Report(ReasonUnmapped)
		return
	}
	if e.state == unclaimed {
		e.state = supporting
	}
}

// Report counts the resource as not made into anything, with the reason, which
// must hold no value of it. What is an item already stays one.
func (e *Entry) Report(reason string) {
	switch e.state {
	case item:
		e.contradicted("reported after it became an item")
	case reported: // the first reason stands
	default:
		e.state, e.reason = reported, reason
	}
}

func (e *Entry) contradicted(what string) {
	if e.ledger.strict {
		panic("answer: " + decode.TypeName(e.Type) + " counted as " + what)
	}
}

// Account says what became of the resources. Resources is always the sum of
// Items, Supporting and the counts of Reported.
type Account struct {
	Resources  int
	Items      int
	Supporting int
	Reported   []Reported
}

// Reported is a kind of resource that was not made into anything.
type Reported struct {
	Type   string
	Reason string
	Count  int
}

// Account closes the books: what nobody claimed counts as supporting if its
// type may, and is reported otherwise.
func (a *Answer) Account() Account {
	account := Account{Resources: len(a.entries)}
	reports := map[Reported]int{}
	for _, e := range a.entries {
		switch e.settled() {
		case item:
			account.Items++
		case supporting:
			account.Supporting++
		default:
			reports[Reported{Type: decode.TypeName(e.Type), Reason: e.whyReported()}]++
		}
	}
	for r, n := range reports {
		r.Count = n
		account.Reported = append(account.Reported, r)
	}
	slices.SortFunc(account.Reported, func(x, y Reported) int {
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Reason, y.Reason))
	})
	return account
}

func (e *Entry) settled() state {
	if e.state != unclaimed {
		return e.state
	}
	if supports[e.Type] {
		return supporting
	}
	return reported
}
