package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// otherWords puts a value of a type for which the contract's Value has no form in
// words; empty for the others.
func (m *Mapper) otherWords(e *answer.Entry, v model.Value) string {
	if t := model.Of[model.Timing](v); t != nil {
		return scheduleWords(v)
	}
	if s := model.Of[model.SampledData](v); s != nil {
		return seriesWords(s)
	}
	if a := model.Of[model.Attachment](v); a != nil {
		return m.contentWords(e, a)
	}
	if a := model.Of[model.Annotation](v); a != nil {
		return strings.TrimSpace(a.Text + " " + a.Time.String())
	}
	if d := model.Of[model.Dosage](v); d != nil {
		return strings.TrimSpace(d.Text + " " + d.PatientInstruction)
	}
	return addressee(v)
}

// addressee puts in words who or where somebody is.
func addressee(v model.Value) string {
	if a := model.Of[model.Address](v); a != nil {
		return addressInWords(a)
	}
	if n := model.Of[model.HumanName](v); n != nil {
		return contract.NameInWords([]model.HumanName{*n})
	}
	if c := model.Of[model.ContactPoint](v); c != nil {
		return strings.TrimSpace(c.System + " " + c.Value)
	}
	id := model.Of[model.Identifier](v)
	if id == nil || answer.IsNHSNumberSystem(id.System) || isNHSNumber(id.Value) {
		return ""
	}
	return id.Value
}

func isNHSNumber(words string) bool {
	_, err := nhsnumber.Parse(words)
	return err == nil
}

// seriesWords puts a series of measurements (an electrocardiogram) in words: where it
// starts, how far its points are apart in milliseconds, and the points as sent.
func seriesWords(s *model.SampledData) string {
	var out []string
	for _, x := range []struct{ name, words string }{
		{"origin", contract.Words(model.NodeValue("Quantity", s.Origin))}, {"period", string(s.Period)},
		{"dimensions", string(s.Dimensions)}, {"data", s.Data},
	} {
		if x.words != "" {
			out = append(out, x.name+" "+x.words)
		}
	}
	return strings.Join(out, ", ")
}

// contentWords names content, with its words where plain text came inside the record.
func (m *Mapper) contentWords(e *answer.Entry, a *model.Attachment) string {
	h := &lhcrv1.ItemHeader{}
	words := attachmentWords(m.attachment(h, e, a))
	if inside := h.GetNarrative().GetText(); inside != "" {
		return strings.TrimSpace(words + ": " + inside)
	}
	if words == "" {
		return "[content: see the source]"
	}
	return words
}
