package part

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// headed is every item of a record.
type headed interface {
	proto.Message
	GetHeader() *lhcrv1.ItemHeader
}

// entry is one item that stays, before it is encoded.
type entry struct {
	item    Item
	message proto.Message
	size    int
	drafts  []*draft // the first is that of the section it is kept under
}

// collect goes through the record in the order of its fields and of their items,
// and leaves out what may not be delivered or was not asked for.
func (e *encoder) collect(record *lhcrv1.Record) []entry {
	count := 0
	walk(record, func(protowire.Number, int, proto.Message) { count++ })
	entries, came := make([]entry, 0, count), idSet{}
	walk(record, func(field protowire.Number, place int, item proto.Message) {
		x := e.enter(field, item)
		x.item.Place = uint32(place)
		if len(record.GetMedicationCourses()) > 0 {
			came.add(x.item.ID)
		}
		if len(x.drafts) > 0 && e.admit(x) {
			entries = append(entries, x)
		}
	})
	for i := range entries {
		entries[i].item.Needs = slices.DeleteFunc(entries[i].item.Needs, came.lacks)
	}
	return entries
}

// idSet is a set of item ids.
type idSet map[string]struct{}

func (s idSet) add(id string) {
	if id != "" {
		s[id] = struct{}{}
	}
}

func (s idSet) lacks(id string) bool {
	_, ok := s[id]
	return !ok
}

// enter says what an item is and where it belongs.
func (e *encoder) enter(field protowire.Number, message proto.Message) entry {
	x := entry{message: message, item: Item{Field: field}}
	home := sectionOf(field)
	switch m := message.(type) {
	case headed:
		e.index(&x.item, home, m)
	case *lhcrv1.MedicationCourse:
		m.RegionId = e.answer.Region
		x.item.Sections = []lhcrv1.Section{home}
		x.item.Needs = members(m)
	}
	for _, section := range x.item.Sections {
		if d := e.draftOf(section); d != nil {
			x.drafts = append(x.drafts, d)
		}
	}
	x.size = proto.Size(message)
	return x
}

func (e *encoder) index(item *Item, home lhcrv1.Section, m headed) {
	h := m.GetHeader()
	item.Sections = append(make([]lhcrv1.Section, 0, 1+len(h.GetAlsoUnder())), home)
	if h == nil {
		return
	}
	if h.Section == lhcrv1.Section_SECTION_UNSPECIFIED {
		h.Section = home
	}
	if h.RegionId != e.answer.Region {
		h.RegionId = e.answer.Region
	}
	item.belongsTo(h.GetSection())
	for _, section := range h.GetAlsoUnder() {
		item.belongsTo(section)
	}
	item.ID = h.GetItemId()
	item.Ties = ties(m)
	for _, label := range h.GetSecurity() {
		item.Labels = append(item.Labels, label.GetSystem()+"|"+label.GetCode())
	}
}

func (i *Item) belongsTo(section lhcrv1.Section) {
	if !slices.Contains(i.Sections, section) {
		i.Sections = append(i.Sections, section)
	}
}

// sectionOf is the section of a field of Record (contract REC-033).
func sectionOf(field protowire.Number) lhcrv1.Section {
	switch field {
	case 101:
		return lhcrv1.Section_SECTION_MEDICATIONS
	case 102:
		return lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
	}
	return lhcrv1.Section(field)
}

// members are the ids that a course names. What it shows is read from them, so it
// may not be delivered without them.
func members(c *lhcrv1.MedicationCourse) []string {
	ids := []string{c.GetRootItemId(), c.GetPlanItemId()}
	return slices.Concat(ids, c.GetStatementItemIds(), c.GetIssueItemIds(), c.GetSupplyItemIds(), c.GetReplacesItemIds())
}

// admit says whether an item may be delivered, and counts it as lost where not.
// Contract rule 7: only what was found to be about the person, or whose subject
// could not be resolved, is.
func (e *encoder) admit(x entry) bool {
	if m, ok := x.message.(headed); ok {
		check := m.GetHeader().GetSubjectCheck()
		if check != lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH && check != lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED {
			return lose(x.drafts, otherPerson)
		}
	}
	if x.size > MaxItemBytes {
		return lose(x.drafts, tooLarge)
	}
	return true
}

func lose(drafts []*draft, why loss) bool {
	for _, d := range drafts {
		d.lost[why]++
	}
	return false
}

// encodeItems lays the items end to end, each once, and gives each to its parts.
func (e *encoder) encodeItems(entries []entry) {
	room := 0
	for _, x := range entries {
		room += protowire.SizeTag(x.item.Field) + protowire.SizeBytes(x.size)
		for _, d := range x.drafts {
			d.expected++
		}
	}
	for i := range e.drafts {
		e.drafts[i].part.Items = slices.Grow(e.drafts[i].part.Items, e.drafts[i].expected)
	}
	buf := make([]byte, 0, room)
	for _, x := range entries {
		start := len(buf)
		encoded, err := appendFramed(buf, x.item.Field, x.message, x.size)
		if err != nil { // a string that is no UTF-8
			lose(x.drafts, unreadable)
			continue
		}
		buf = encoded
		x.item.Encoded = buf[start:]
		e.hand(x)
	}
}

func appendFramed(b []byte, field protowire.Number, m proto.Message, size int) ([]byte, error) {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(size))
	return proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(b, m)
}

// hand gives an item to the parts of its sections.
func (e *encoder) hand(x entry) {
	_, isItem := x.message.(headed)
	for _, d := range x.drafts {
		d.part.Items = append(d.part.Items, x.item)
		if isItem {
			d.count(x)
			e.hold(x.item.ID, d)
		}
	}
}

// hold notes which parts have the item of an id, where anything points at items.
func (e *encoder) hold(id string, d *draft) {
	if id != "" && e.pointed && !slices.Contains(e.holders[id], d) {
		e.holders[id] = append(e.holders[id], d)
	}
}

func (d *draft) count(x entry) {
	d.tally.items++
	if d.part.Section == x.item.Sections[0] {
		d.tally.own++
	}
	if d.part.Section == lhcrv1.Section_SECTION_ALLERGIES && !statesNoAllergy(x.message) {
		d.tally.contrary = true
	}
}

// statesNoAllergy says whether an item of the allergy list is the statement that
// none is known. Contract rule 3: it makes ASSERTED_NONE only where it stands alone.
func statesNoAllergy(item proto.Message) bool {
	allergy, ok := item.(*lhcrv1.Allergy)
	if !ok || doubtful(allergy.GetHeader()) {
		return false
	}
	switch allergy.GetAbsence() {
	case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY:
		return true
	}
	return false
}

// doubtful says that an item is no plain fact, so that it can state no absence.
func doubtful(h *lhcrv1.ItemHeader) bool {
	return h.GetRetracted() || h.GetNegated() || slices.ContainsFunc(h.GetFlags(), func(f lhcrv1.Flag) bool {
		return f == lhcrv1.Flag_FLAG_MODIFIER_UNREAD || f == lhcrv1.Flag_FLAG_REFUTED || f == lhcrv1.Flag_FLAG_CODINGS_DISAGREE
	})
}
