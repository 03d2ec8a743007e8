package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// commentCode is SNOMED CT's "Comment note", by which GP Connect carries free text
// as an Observation: a consultation's narrative, a comment on a result, the
// practice's words when it filed a report.
const commentCode = "37331000000100"

func isComment(r *model.Observation) bool { return r.Code.HasCode(commentCode) }

// standsAlone reports a comment that is about no result or report and carries
// nothing but words.
func (m *Mapper) standsAlone(e *answer.Entry, r *model.Observation) bool {
	structured := r.Value.IsSet() && !isWords(r.Value) || len(r.Component) > 0 || !r.Specimen.IsEmpty()
	about := len(r.Related)+len(r.HasMember)+len(r.DerivedFrom) > 0
	return !structured && !about && !m.reported()[e] && !m.grouped()[e]
}

func isWords(v model.Value) bool { return v.Kind == "String" || v.Kind == "Markdown" }

// commentNote makes a clinical note of a comment that stands alone.
func (m *Mapper) commentNote(e *answer.Entry, r *model.Observation) {
	h := m.begin(e, lhcrv1.Section_SECTION_CLINICAL_NOTES)
	if h == nil {
		return
	}
	m.participants(h, e, asAuthor, r.Performer)
	m.inEncounter(e, r.Encounter)
	at, p := effective(h, r.Effective)
	if at == nil {
		at = p.GetStart()
	}
	remark(h, "effective.end", p.GetEnd().GetOriginal())
	h.Recorded = contract.When(r.Issued)
	note := &lhcrv1.ClinicalNote{
		Header: h, Text: commentWords(r), MediaType: "text/plain", Type: contract.Concept(r.Code), Date: at,
	}
	m.rest(h, e)
	m.record.ClinicalNotes = append(m.record.ClinicalNotes, note)
}

// commentWords are all words of a comment.
func commentWords(r *model.Observation) string {
	parts := []string{r.Comment}
	if isWords(r.Value) && r.Value.Text() != r.Comment {
		parts = append(parts, r.Value.Text())
	}
	for i := range r.Note {
		parts = append(parts, r.Note[i].Text)
	}
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// filingComment is a comment as a note of the report that names it among its
// results.
func (m *Mapper) filingComment(e *answer.Entry, r *model.Observation) *lhcrv1.Note {
	n := &lhcrv1.Note{Text: commentWords(r), Kind: commentOfItem, Written: contract.When(r.Issued)}
	if n.GetWritten() == nil {
		n.Written, _, _ = contract.Timing(r.Effective)
	}
	if len(r.Performer) > 0 {
		n.Author = m.actor(e, &r.Performer[0])
	}
	return n
}
