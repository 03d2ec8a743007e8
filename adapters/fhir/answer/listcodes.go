package answer

import (
	"strings"
	"unicode"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

type listMeaning struct {
	kind    ListKind
	section lhcrv1.Section
	ended   bool
}

// listCodes are the SNOMED CT codes of GP Connect's lists (Access Record:
// Structured, "Lists"). Medications were printed with two endings.
var listCodes = map[string]listMeaning{
	"886921000000105":  {ListPrimary, lhcrv1.Section_SECTION_ALLERGIES, false},
	"1103671000000101": {ListPrimary, lhcrv1.Section_SECTION_ALLERGIES, true},
	"933361000000108":  {ListPrimary, lhcrv1.Section_SECTION_MEDICATIONS, false},
	"933361000000100":  {ListPrimary, lhcrv1.Section_SECTION_MEDICATIONS, false},
	"1102181000000102": {ListPrimary, lhcrv1.Section_SECTION_VACCINATIONS, false},
	"717711000000103":  {ListPrimary, lhcrv1.Section_SECTION_PROBLEMS, false},
	"887191000000108":  {ListPrimary, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, false},
	"1149501000000101": {ListPrimary, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, false},
	"792931000000107":  {ListPrimary, lhcrv1.Section_SECTION_REFERRAL_DETAILS, false},
	"714311000000108":  {ListPrimary, lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS, false},
	"826501000000100":  {ListPrimary, lhcrv1.Section_SECTION_UNSPECIFIED, false}, // uncategorised data
	"325851000000107":  {ListConsultation, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, false},
	"25851000000105":   {ListTopic, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, false},
	"24781000000107":   {ListCategory, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, false},
}

// listWords tell a list by its title or code in words, for lists without one of
// the codes above, most telling first.
var listWords = []struct {
	word    string
	section lhcrv1.Section
}{
	{"allerg", lhcrv1.Section_SECTION_ALLERGIES},
	{"medication", lhcrv1.Section_SECTION_MEDICATIONS},
	{"immunis", lhcrv1.Section_SECTION_VACCINATIONS},
	{"immuniz", lhcrv1.Section_SECTION_VACCINATIONS},
	{"vaccin", lhcrv1.Section_SECTION_VACCINATIONS},
	{"investigation", lhcrv1.Section_SECTION_INVESTIGATION_RESULTS},
	{"referral", lhcrv1.Section_SECTION_REFERRAL_DETAILS},
	{"diary", lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS},
	{"document", lhcrv1.Section_SECTION_DOCUMENTS},
	{"uncategorised", lhcrv1.Section_SECTION_UNSPECIFIED},
	{"consultation", lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS},
	{"problem", lhcrv1.Section_SECTION_PROBLEMS},
}

// classify says what a list is for, by its code, else by its words.
func classify(r *model.List) (ListKind, lhcrv1.Section, bool) {
	if r.Code != nil {
		for i := range r.Code.Coding {
			if m, ok := listCodes[r.Code.Coding[i].Code]; ok {
				return m.kind, m.section, m.ended
			}
		}
	}
	return byWords(strings.ToLower(r.Code.Code()), strings.ToLower(r.Title+" "+r.Code.Show()))
}

// byWords reads codes such as "problems-medications-related-to-problems": what
// stands after the first hyphen is what the list holds.
func byWords(code, title string) (ListKind, lhcrv1.Section, bool) {
	kind, words := ListPrimary, title
	frame, held, linked := strings.Cut(code, "-")
	if linked && (frame == "problems" || frame == "consultations") {
		kind, words = ListSecondary, held
	}
	for _, w := range listWords {
		if strings.Contains(words, w.word) {
			return kind, w.section, w.section == lhcrv1.Section_SECTION_ALLERGIES && saysEnded(words)
		}
	}
	return ListOther, lhcrv1.Section_SECTION_UNSPECIFIED, false
}

// saysEnded reports words that say of all of a list that it is ended: as words of their
// own ("amended" and "unresolved" say nothing of the kind), with none beside them that
// takes it back ("active and ended allergies").
func saysEnded(words string) bool {
	ended := false
	for word := range strings.FieldsFuncSeq(words, func(c rune) bool { return !unicode.IsLetter(c) }) {
		switch word {
		case "ended", "resolved":
			ended = true
		case "active", "current", "open", "all", "not", "never", "non", "un":
			return false
		}
	}
	return ended
}
