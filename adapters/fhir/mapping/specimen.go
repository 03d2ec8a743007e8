package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// specimen is what a reference names as examined. One that leads nowhere keeps its
// sender's words.
func (m *Mapper) specimen(from *answer.Entry, ref *model.Reference) *lhcrv1.Specimen {
	if ref.IsEmpty() {
		return nil
	}
	e := m.answer.Follow(from, ref)
	r := answer.As[model.Specimen](e)
	switch {
	case r == nil:
		return unresolvedSpecimen(ref)
	case m.answer.Subject(e) == answer.Mismatch:
		e.Report(answer.ReasonOtherPerson)
		return nil
	}
	e.Support()
	out := &lhcrv1.Specimen{
		Identifiers: contract.Identifiers(r.Identifier), Type: contract.Concept(r.Type),
		Received: contract.When(r.Received), Notes: m.makeNotes(e, r.Note), Status: r.Status,
	}
	if id := contract.Identifier(r.Accession); id != nil {
		out.Identifiers = append(out.Identifiers, id)
	}
	for i := range r.Condition {
		out.Notes = append(out.Notes, &lhcrv1.Note{Text: "condition: " + r.Condition[i].Show()})
	}
	m.collected(out, e, r.Collection)
	h := &lhcrv1.ItemHeader{}
	m.rest(h, e)
	out.Notes = append(out.Notes, h.GetNotes()...)
	return out
}

func unresolvedSpecimen(ref *model.Reference) *lhcrv1.Specimen {
	out := &lhcrv1.Specimen{Type: contract.TextConcept(ref.Display)}
	if id := contract.Identifier(ref.Identifier); id != nil {
		out.Identifiers = []*lhcrv1.Identifier{id}
	}
	if out.GetType() == nil && len(out.GetIdentifiers()) == 0 {
		return nil
	}
	return out
}

func (m *Mapper) collected(out *lhcrv1.Specimen, e *answer.Entry, c *model.Collection) {
	if c == nil {
		return
	}
	var words string
	out.Collected, out.CollectedPeriod, words = contract.Timing(c.Collected)
	out.BodySite = contract.Concept(c.BodySite)
	out.Fasting = fasting(c)
	for _, n := range []struct{ element, words string }{
		{"collected", words}, {"collector", m.place(e, c.Collector)}, {"method", c.Method.Show()}, {"quantity", contract.Words(model.NodeValue("Quantity", c.Quantity))},
	} {
		if n.words != "" {
			out.Notes = append(out.Notes, &lhcrv1.Note{Text: n.element + ": " + n.words})
		}
	}
	h := &lhcrv1.ItemHeader{}
	for i := range c.Extension {
		if x := &c.Extension[i]; !strings.Contains(x.Tail(), "FastingStatus") {
			m.remarks(h, e, x)
		}
	}
	out.Notes = append(out.Notes, h.GetNotes()...)
}

// fasting is R4's fastingStatus, else Care Connect's extension.
func fasting(c *model.Collection) *lhcrv1.Concept {
	v := c.Fasting
	if x := model.FindExtension(c.Extension, "FastingStatus"); !v.IsSet() && x != nil {
		v = x.Value
	}
	if f := contract.Concept(v.Concept()); f != nil {
		return f
	}
	return contract.TextConcept(contract.Words(v))
}
