package documents

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// HasLetters reports a list with a document that holds and that nobody reads for its
// entries: a letter as PDF, a text, a picture.
func HasLetters(references []*model.DocumentReference, read map[*model.DocumentReference]bool) bool {
	return slices.ContainsFunc(references, func(r *model.DocumentReference) bool {
		return !read[r] && r.Status != "superseded" && r.Status != "entered-in-error" && r.DocStatus != "entered-in-error"
	})
}

// NoteLetters says, of those of some sections of which nothing came, that there are letters
// which nobody read: one can name an allergy that stands nowhere else. Letters always stand
// beside the entries, so this is a note and no doubt of this answer (contract rule 2).
func NoteLetters(outcomes []*lhcrv1.SectionOutcome, sections []lhcrv1.Section) {
	for _, o := range outcomes {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED && slices.Contains(sections, o.GetSection()) {
			o.Notes = append(o.Notes, &lhcrv1.Note{Text: "Letters that are not read for entries are listed under documents."})
		}
	}
}
