// Package mapping makes the items of the contract from an indexed FHIR answer:
// one file a kind of item, over a core that gives every item its header, finds
// the people behind it and keeps the links between items.
//
// A mapper of a resource type
//   - calls begin, which counts the resource as an item, checks whom it is about
//     and makes its header, and maps nothing when begin gives nil;
//   - fills its message from the resource's elements with package contract;
//   - names other resources with link (items) and claims what it folds in
//     (a specimen, a medication) with support or part;
//   - appends the message to the record.
//
// What no mapper claims is reported by the answer's account.
package mapping

import (
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// CourseRule is the custom by which a source's medicines form courses. It is part
// of a region's definition.
type CourseRule uint8

// The customs that are known.
const (
	// CourseRuleR4: orders join the order that they are based on; an order based on
	// nothing is a course of its own.
	CourseRuleR4 CourseRule = iota
	// CourseRuleGPConnect: a plan is the root; an order based on no plan is an issue
	// without authorisation.
	CourseRuleGPConnect
	// CourseRuleInterweave: plans exist for repeats only; an order based on nothing is
	// an ordinary acute course.
	CourseRuleInterweave
	// CourseRuleGraphnet: a statement is the authorisation, requests are its issues.
	CourseRuleGraphnet
)

// Options say how an answer is mapped.
type Options struct {
	// RegionID is the region that answered.
	RegionID string
	// Courses is the custom by which medicines form courses.
	Courses CourseRule
	// IssuesAskedFor says that issues of prescriptions were asked for, so that none
	// is a fact.
	IssuesAskedFor bool
	// SourceIsPatientsPractice says that the answer is one practice's record, so that
	// the patient's managing organisation is every item's source (GP Connect).
	SourceIsPatientsPractice bool
	// Now is the moment against which periods have lapsed.
	Now time.Time
	// IncludeSource keeps each item's original bytes.
	IncludeSource bool
	// MediaTypes are the media types of those bytes, by the page that they came with
	// (answer.Entry.Page).
	MediaTypes []string
	// Listings are the listings by which the documents that were read were found, by the
	// page of the document; nil for a page that is none of these.
	Listings []*model.DocumentReference
}

// Result is what an answer was mapped to.
type Result struct {
	// Record holds the items.
	Record *lhcrv1.Record
	// Links are the pointers between them.
	Links []*lhcrv1.ItemLink
	// Sources are the originals, when asked for.
	Sources []*lhcrv1.SourceResource
	// OtherPerson counts, by section, the resources left out because they are about
	// another person.
	OtherPerson map[lhcrv1.Section]int
	// Unsaid counts, by the gap that it is, the allergies of which nothing says to what.
	Unsaid map[lhcrv1.GapKind]int
	// Narratives are the narratives of document sections, by section.
	Narratives map[lhcrv1.Section][]*lhcrv1.Narrative
	// EmptyReasons are the reasons for which documents say that a section of theirs is
	// empty (FHIR Composition.section.emptyReason), by section.
	EmptyReasons map[lhcrv1.Section][]*lhcrv1.Concept
	// Unread counts, by section and element ("MedicationRequest.medication[x]"), what
	// items are delivered without because it could not be carried over.
	Unread map[lhcrv1.Section]map[string]int
	// Subset names the items of which the source says that it sent only a part, Modified
	// those that carry a modifier which is not understood.
	Subset, Modified map[string]bool
}

// Mapper maps one answer. It is used once, by one goroutine.
type Mapper struct {
	answer  *answer.Answer
	options Options
	out     *Result
	record  *lhcrv1.Record

	ids     map[*answer.Entry]string
	taken   map[string]*answer.Entry
	pending []pendingLink
	actors  map[*answer.Entry]*lhcrv1.Actor
	orgs    map[*answer.Entry]*lhcrv1.Organisation
	// products are the Medication resources that items named.
	products map[*answer.Entry]*lhcrv1.Product
	source   *lhcrv1.Organisation
	// references are the items of listed documents by their resource, nil for one that is
	// none; frames the frames of documents by the item that they are part of.
	references map[*answer.Entry]*lhcrv1.Document
	frames     map[string][]*answer.Entry
	// readers are those of extensions by address, concepts those that items repeat.
	readers  map[string]extensionReader
	concepts map[repeated]*lhcrv1.Concept
	hashed   []byte // what an item id is the hash of: room that is used again
	// listedTypes are, by section, the types that its primary lists name; nil
	// where no such list came.
	listedTypes map[lhcrv1.Section]map[string]bool
	listCodes   map[*answer.List]*lhcrv1.Concept
	// inReport and inGroup are what a report names as results and an observation as
	// members; nil until first asked for.
	inReport, inGroup map[*answer.Entry]bool
	// listEntries are the lists by their resource, byEncounter those of consultations
	// by the encounter that they name; nil until first asked for.
	listEntries map[*answer.Entry]*answer.List
	byEncounter map[*answer.Entry][]*answer.List
}

// Map maps every resource of the answer.
func Map(a *answer.Answer, options Options) *Result {
	m := &Mapper{
		answer: a, options: options, record: &lhcrv1.Record{},
		ids: make(map[*answer.Entry]string, len(a.Entries())), taken: make(map[string]*answer.Entry, len(a.Entries())),
		pending: make([]pendingLink, 0, 2*len(a.Entries())),
		readers: map[string]extensionReader{}, concepts: map[repeated]*lhcrv1.Concept{},
		actors: map[*answer.Entry]*lhcrv1.Actor{}, orgs: map[*answer.Entry]*lhcrv1.Organisation{},
		products:   map[*answer.Entry]*lhcrv1.Product{},
		references: map[*answer.Entry]*lhcrv1.Document{}, frames: map[string][]*answer.Entry{},
		listedTypes: map[lhcrv1.Section]map[string]bool{}, listCodes: map[*answer.List]*lhcrv1.Concept{},
	}
	m.out = &Result{
		Record: m.record, OtherPerson: map[lhcrv1.Section]int{}, Unsaid: map[lhcrv1.GapKind]int{},
		Narratives: map[lhcrv1.Section][]*lhcrv1.Narrative{}, EmptyReasons: map[lhcrv1.Section][]*lhcrv1.Concept{},
		Unread: map[lhcrv1.Section]map[string]int{}, Subset: map[string]bool{}, Modified: map[string]bool{},
	}
	m.prepare()
	m.people()
	m.medicines()
	for _, e := range a.Entries() {
		m.one(e)
	}
	m.finish()
	return m.out
}

// prepare finds what all items need.
func (m *Mapper) prepare() {
	if m.options.SourceIsPatientsPractice && len(m.answer.Patients()) == 1 {
		e := m.answer.Patients()[0].Entry
		m.source = m.organisation(e, answer.As[model.Patient](e).Organization)
	}
}

// unread notes that an item is delivered without an element that could not be carried
// over. The element is named by its path, which holds no value.
func (m *Mapper) unread(section lhcrv1.Section, element string) {
	if m.out.Unread[section] == nil {
		m.out.Unread[section] = map[string]int{}
	}
	m.out.Unread[section][element]++
}
