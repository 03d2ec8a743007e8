package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// builder adds named properties to a statement, leaving out what was not recorded.
type builder struct {
	m *Mapper
	e *answer.Entry
	s *lhcrv1.Statement
}

func (b builder) add(name string, v *lhcrv1.Value) {
	if v != nil {
		b.s.Attributes = append(b.s.Attributes, &lhcrv1.Attribute{Name: name, Value: v})
	}
}

func (b builder) value(name string, v model.Value) {
	if t := model.Of[model.Timing](v); t != nil {
		b.text(name, scheduleWords(v))
		return
	}
	if a := model.Of[model.Attachment](v); a != nil {
		b.text(name, attachmentWords(b.m.attachment(b.s.GetHeader(), b.e, a)))
		return
	}
	b.add(name, b.m.value(b.e, v))
}

func (b builder) text(name, words string) {
	if words != "" {
		b.add(name, &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: words}})
	}
}

func (b builder) concept(name string, c *model.Concept) {
	if out := contract.Concept(c); out != nil {
		b.add(name, &lhcrv1.Value{Kind: &lhcrv1.Value_Concept{Concept: out}})
	}
}

func (b builder) concepts(name string, list []model.Concept) {
	for i := range list {
		b.concept(name, &list[i])
	}
}

func (b builder) when(name string, w model.When) {
	if out := contract.When(w); out != nil {
		b.add(name, &lhcrv1.Value{Kind: &lhcrv1.Value_When{When: out}})
	}
}

// extensions adds what a publisher added to the resource, each value by the name of
// its extension.
func (b builder) extensions(list []model.Extension) {
	for i := range list {
		x := &list[i]
		b.s.Attributes = append(b.s.Attributes, b.m.attributes(b.e, x.Tail(), x)...)
	}
}
