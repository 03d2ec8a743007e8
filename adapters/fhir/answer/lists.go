package answer

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// ListKind says what a list is for.
type ListKind uint8

// The kinds of lists met in GP records.
const (
	ListOther     ListKind = iota
	ListPrimary            // the list that the standard names for a section
	ListSecondary          // items of a section that came along with another ("problems - medications …")
	ListConsultation
	ListTopic
	ListCategory
)

// List is one List resource, with its members found.
type List struct {
	Entry    *Entry
	Resource *model.List
	Kind     ListKind
	// Section is the heading that the list is of; unspecified for lists of
	// uncategorised data and lists that nobody knows.
	Section lhcrv1.Section
	// Ended says that its members are ended entries (ended allergies), whatever
	// their own status.
	Ended bool
	// Status and Mode are the list's own, as recorded. Lists that were entered in error
	// are none, and do not come here.
	Status, Mode string
	Warnings     []ListWarning
	Members      []Member
	// Listed is how many entries the list names, Present how many of them came
	// and Unresolved how many lead nowhere. Entries marked deleted count in none.
	Listed, Present, Unresolved int
}

// Member is one line of a list.
type Member struct {
	Entry   *Entry // nil when it leads nowhere
	Display string
	Deleted bool
}

// Membership is a resource's place in one list.
type Membership struct {
	List    *List
	Deleted bool
}

// ListWarning is a warning that a list carries.
type ListWarning struct {
	Code string // "data-in-transit", "confidential-items", "data-awaiting-filing", …
	Text string // as sent with it; empty when nothing was
	Date model.When
}

// notAvailable reports what GP systems write beside an empty reason: no warning.
func notAvailable(note string) bool {
	return strings.EqualFold(strings.TrimRight(strings.TrimSpace(note), "."), "Information not available")
}

// Lists are the answer's lists, those about another person left out.
func (a *Answer) Lists() []*List { return a.lists }

// ListsOf gives the lists of a section, of one kind.
func (a *Answer) ListsOf(section lhcrv1.Section, kind ListKind) []*List {
	var out []*List
	for _, l := range a.lists {
		if l.Section == section && l.Kind == kind {
			out = append(out, l)
		}
	}
	return out
}

// Lists are the lists that name the resource, in the order sent. Being
// contained in a list is not being named by it.
func (e *Entry) Lists() []Membership { return e.lists }

// Deleted reports a resource that lists name only as taken out of them.
func (e *Entry) Deleted() bool {
	for _, m := range e.lists {
		if !m.Deleted {
			return false
		}
	}
	return len(e.lists) > 0
}

// Whole reports that the list claims to be its current, whole content: not retired, and
// no list of changes. A list that does not say is taken for whole.
func (l *List) Whole() bool {
	return (l.Status == "current" || l.Status == "") && (l.Mode == "snapshot" || l.Mode == "working" || l.Mode == "")
}

// Warned reports that the list carries any warning.
func (l *List) Warned() bool { return len(l.Warnings) > 0 }

func (a *Answer) readLists() {
	for e, r := range Each[model.List](a) {
		if a.Subject(e) == Mismatch {
			e.Report(ReasonOtherPerson)
			continue
		}
		if r.Status == "entered-in-error" {
			e.Support()
			if kind, section, _ := classify(r); kind == ListPrimary {
				a.withdrawn = append(a.withdrawn, section)
			}
			continue
		}
		a.lists = append(a.lists, a.list(e, r))
	}
}

// Withdrawn reports that a section's list came and is marked entered in error. It is no
// list, and says that the source took one back.
func (a *Answer) Withdrawn(section lhcrv1.Section) bool { return slices.Contains(a.withdrawn, section) }

func (a *Answer) list(e *Entry, r *model.List) *List {
	l := &List{Entry: e, Resource: r, Status: r.Status, Mode: r.Mode, Warnings: warnings(r), Members: make([]Member, 0, len(r.Entry))}
	l.Kind, l.Section, l.Ended = classify(r)
	for i := range r.Entry {
		a.member(l, &r.Entry[i])
	}
	return l
}

func (a *Answer) member(l *List, line *model.ListEntry) {
	m := Member{Deleted: line.Deleted.IsTrue()}
	if line.Item != nil {
		m.Display = line.Item.Display
		m.Entry = a.Follow(l.Entry, line.Item)
	}
	l.Members = append(l.Members, m)
	if m.Entry != nil {
		m.Entry.lists = append(m.Entry.lists, Membership{List: l, Deleted: m.Deleted})
	}
	switch {
	case m.Deleted:
		return
	case m.Entry != nil:
		l.Present++
	default:
		l.Unresolved++
	}
	l.Listed++
}

func warnings(r *model.List) []ListWarning {
	var out []ListWarning
	for i := range r.Extension {
		x := &r.Extension[i]
		if !strings.Contains(x.URL, "ListWarningCode") {
			continue
		}
		code := x.Value.Text()
		if c := x.Value.Concept(); code == "" && c != nil {
			code = c.Code()
		}
		out = append(out, ListWarning{Code: code, Date: r.Date})
	}
	caption(out, r.Note)
	return out
}

// caption gives warnings their texts, which stand in the list's notes: one each
// where the numbers agree, else all to each.
func caption(list []ListWarning, notes []model.Annotation) {
	var texts []string
	for i := range notes {
		if t := notes[i].Text; t != "" && !notAvailable(t) {
			texts = append(texts, t)
		}
	}
	for i := range list {
		if len(texts) == len(list) {
			list[i].Text = texts[i]
		} else {
			list[i].Text = strings.Join(texts, "\n")
		}
	}
}
