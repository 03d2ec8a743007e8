package show

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// flagWords say what each flag means to a reader. What the page says otherwise has no
// words here: codes that disagree are all shown, and doses are shown in their
// sources' words wherever there are any.
var flagWords = map[lhcrv1.Flag]string{
	lhcrv1.Flag_FLAG_PERIOD_LAPSED:          "its period has lapsed, whatever its status says",
	lhcrv1.Flag_FLAG_AUTHORISATION_LAPSED:   "the date until which it may be issued has passed",
	lhcrv1.Flag_FLAG_ISSUES_EXHAUSTED:       "all allowed issues were made",
	lhcrv1.Flag_FLAG_NEVER_ISSUED:           "no issue of it came",
	lhcrv1.Flag_FLAG_DEGRADED:               "a transfer could not understand the original code: trust the words, not the code",
	lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER: "the reason for its end is its system's placeholder, nobody's decision",
	lhcrv1.Flag_FLAG_UNLISTED:               "its source's own list does not name it",
	lhcrv1.Flag_FLAG_UNAUTHORISED_ISSUE:     "issued without an authorisation in the answer",
	lhcrv1.Flag_FLAG_ENDED:                  "its source lists it among ended entries",
	lhcrv1.Flag_FLAG_DOSE_CHANGED:           "its source records a change of dose",
	lhcrv1.Flag_FLAG_UNIT_CODE_DIFFERS:      "the unit's words and code contradict each other: trust the words",
	lhcrv1.Flag_FLAG_ENDS_DIFFER:            "its source records two different ends",
	lhcrv1.Flag_FLAG_MODIFIER_UNREAD:        "IT CARRIES SOMETHING THAT CAN CHANGE ITS MEANING and is not understood: look at its source",
	lhcrv1.Flag_FLAG_REFUTED:                "REFUTED: it was recorded and found not to be so",
	lhcrv1.Flag_FLAG_ABOUT_ANOTHER:          "IT IS ABOUT SOMETHING OR SOMEBODY ELSE, recorded in this person's record",
	lhcrv1.Flag_FLAG_STATUSES_DIFFER:        "an issue of it has another status than its authorisation",
	lhcrv1.Flag_FLAG_PART_RETRACTED:         "a part of it was ENTERED IN ERROR at its source",
}

// flags are the words of some flags, each once, in the order in which they came.
func flags(lists ...[]lhcrv1.Flag) []string {
	var all []string
	seen := map[lhcrv1.Flag]bool{}
	for _, list := range lists {
		for _, f := range list {
			if words := flagWords[f]; words != "" && !seen[f] {
				all = append(all, sentence(words))
			}
			seen[f] = true
		}
	}
	return all
}

// headerNotes is what must be known of an item before it is believed.
func headerNotes(h *lhcrv1.ItemHeader) []string {
	var notes []string
	if h.GetSubjectCheck() != lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH {
		notes = append(notes, "WHOSE RECORD THIS IS COULD NOT BE CHECKED.")
	}
	if h.GetNotForPatient() {
		notes = append(notes, "NOT TO BE SHOWN TO THE PATIENT.")
	}
	return append(notes, flags(h.GetFlags())...)
}

// itemNotes adds the free text that stands beside an item.
func itemNotes(h *lhcrv1.ItemHeader) []string {
	return append(headerNotes(h), freeText(h)...)
}

func freeText(h *lhcrv1.ItemHeader) []string {
	var notes []string
	for _, n := range h.GetNotes() {
		lead := "Note: "
		switch n.GetKind() {
		case lhcrv1.NoteKind_NOTE_KIND_PHARMACY:
			lead = "For the pharmacy: "
		case lhcrv1.NoteKind_NOTE_KIND_PATIENT:
			lead = "For the patient: "
		}
		if n.GetText() != "" {
			notes = append(notes, lead+n.GetText())
		}
	}
	return notes
}

// conceptNotes warn of a concept whose codes are not to be trusted.
func conceptNotes(c *lhcrv1.Concept) []string {
	if !c.GetCodingsDisagree() {
		return nil
	}
	return []string{"ITS CODES SAY DIFFERENT THINGS: " + codings(c)}
}

// negated leads a name whose item says that it is not so.
func negated(h *lhcrv1.ItemHeader, name string) string {
	if h.GetNegated() {
		return "NOT: " + name
	}
	return name
}
