package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// questionnaire maps a QuestionnaireResponse with its questions and answers. An
// answer that points at another resource is named, and linked.
func (m *Mapper) questionnaire(e *answer.Entry, r *model.QuestionnaireResponse) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_ASSESSMENTS)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Date = contract.When(r.Authored)
	if q := r.Questionnaire; q != nil {
		s.Code = contract.TextConcept(q.Display)
		b.text("questionnaire", q.Reference)
	}
	m.participant(h, e, asAuthor, r.Author)
	m.partner(h, e, "source", r.Source)
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toWhole, r.Parent)
	b.rest()
	for i := range r.Item {
		s.Answers = append(s.Answers, m.answered(e, &r.Item[i], 0))
	}
	m.put(lhcrv1.Section_SECTION_ASSESSMENTS, s)
}

// maxQuestionDepth bounds nested questions; the deepest published form has three.
const maxQuestionDepth = 32

// answered is a question with its answers, and the questions under both.
func (m *Mapper) answered(e *answer.Entry, q *model.Answer, depth int) *lhcrv1.Answer {
	out := &lhcrv1.Answer{LinkId: q.LinkID, Question: q.Text}
	inner := q.Item
	for i := range q.Answer {
		a := &q.Answer[i]
		if v := m.answerValue(e, q, a.Value); v != nil {
			out.Values = append(out.Values, v)
		}
		inner = append(inner[:len(inner):len(inner)], a.Item...)
	}
	if depth >= maxQuestionDepth {
		return out
	}
	for i := range inner {
		out.Answers = append(out.Answers, m.answered(e, &inner[i], depth+1))
	}
	return out
}

func (m *Mapper) answerValue(e *answer.Entry, q *model.Answer, v model.Value) *lhcrv1.Value {
	if ref := model.Of[model.Reference](v); ref != nil {
		m.labelled(e, toMember, ref, q.Text)
	}
	return m.value(e, v)
}
