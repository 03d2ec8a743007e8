package answer

import (
	"iter"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Options say how an answer is read.
type Options struct {
	// NHSNumber is the number asked for, ten digits. Empty when files are read
	// without a question: then the answer's only patient is the subject.
	NHSNumber string
	// LinksAsserted says that the region itself asserts that the patients it
	// answers with are one person: a patient without an NHS number is then
	// taken for the one asked for.
	LinksAsserted bool
	// MaxBytes bounds one payload; 0 for the decoder's own limit.
	MaxBytes int
	// Strict panics when a resource is accounted for in contradictory ways.
	// Tests set it; in service the first statement stands.
	Strict bool
	// Now is the moment of reading; an NHS number whose period ended before counts as a
	// former one. Zero leaves the periods of numbers unread.
	Now time.Time
}

// Answer is what came: one payload, or the pages of one search.
type Answer struct {
	options    Options
	entries    []*Entry
	byType     map[string][]*Entry
	index      index
	bundles    []*model.Bundle
	frames     []*Frame
	sheets     []*sheet
	problems   []decode.Problem
	patients   []*Patient
	subject    target
	checks     map[judged]Check
	lists      []*List
	withdrawn  []lhcrv1.Section
	gaps       []Gap
	missing    []Missing
	unfollowed []Unfollowed
}

// Entry is one resource of an answer.
type Entry struct {
	Type     string // as sent; "" when it has none
	ID       string // Resource.id; "" when it has none
	FullURL  string
	Resource model.Resource
	// Source is the resource's own bytes.
	Source []byte
	// Container is the resource that this one is contained in, nil for others.
	Container *Entry
	// Position is its place in the answer, counting from 0 as sent; contained
	// resources follow their container.
	Position int
	// Page is which of the answer's pages it came with, counting from 0: the number of
	// calls of [Builder.Add] before the one that took it.
	Page int

	text   []byte // the resource as JSON where Source is XML
	bundle int
	frame  *Frame
	site   site
	base   string // the server's address, for siteServer
	next   *Entry // the next resource of the same type and id
	nextAt *Entry // the next resource of the same address
	lists  []Membership
	ledger *ledger
	state  state
	reason string
}

// JSON is the resource as FHIR JSON: Source, or what FHIR XML was read as. It is nil for
// what was read from anything else.
func (e *Entry) JSON() []byte {
	switch {
	case len(e.text) > 0:
		return e.text
	case len(e.Source) > 0 && e.Source[0] == '{':
		return e.Source
	}
	return nil
}

// Head is the part that every resource has.
func (e *Entry) Head() *model.Head { return e.Resource.Header() }

// Read reads one payload.
func Read(data []byte, options Options) (*Answer, error) {
	b := NewBuilder(options)
	if err := b.Add(data); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// Entries are all resources as they came: those of bundles and parameters,
// contained ones, OperationOutcomes; not the bundles themselves.
func (a *Answer) Entries() []*Entry { return a.entries }

// Of gives the resources of a type, contained ones among them.
func (a *Answer) Of(resourceType string) []*Entry { return a.byType[resourceType] }

// Each gives the resources whose struct is T with their entries:
//
//	for e, mr := range answer.Each[model.MedicationRequest](a) { … }
func Each[T any](a *Answer) iter.Seq2[*Entry, *T] {
	return func(yield func(*Entry, *T) bool) {
		for _, e := range a.entries {
			if r, ok := any(e.Resource).(*T); ok && !yield(e, r) {
				return
			}
		}
	}
}

// As gives an entry's resource as T, or nil when the entry is nil or another
// type.
func As[T any](e *Entry) *T {
	if e == nil {
		return nil
	}
	r, _ := any(e.Resource).(*T)
	return r
}

// Bundles are the bundles that framed the resources, outermost first, with
// their type, total and next page.
func (a *Answer) Bundles() []*model.Bundle { return a.bundles }

// Problems are the elements that could not be read, without values.
func (a *Answer) Problems() []decode.Problem { return a.problems }
