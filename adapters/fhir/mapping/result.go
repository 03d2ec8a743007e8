package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// observation maps an Observation by what its source says that it is: a comment
// that stands alone is a clinical note; one whose category names another heading
// is a statement there; everything else is an investigation result.
func (m *Mapper) observation(e *answer.Entry, r *model.Observation) {
	switch section := observationSection(r); {
	case isComment(r) && m.standsAlone(e, r):
		m.commentNote(e, r)
	case section == lhcrv1.Section_SECTION_INVESTIGATION_RESULTS:
		m.result(e, r)
	default:
		m.observed(e, r, section)
	}
}

func (m *Mapper) result(e *answer.Entry, r *model.Observation) {
	h := m.begin(e, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS)
	if h == nil {
		return
	}
	m.observationHeader(h, e, r)
	m.record.InvestigationResults = append(m.record.InvestigationResults, &lhcrv1.InvestigationResult{
		Header: h, Kind: m.resultKind(e, r), Code: contract.Concept(r.Code), Categories: contract.Concepts(r.Category),
		Finding: m.finding(h, e, r), Specimen: m.specimen(e, r.Specimen),
	})
}

// observed makes a statement of an observation of another heading.
func (m *Mapper) observed(e *answer.Entry, r *model.Observation, section lhcrv1.Section) {
	h := m.begin(e, section)
	if h == nil {
		return
	}
	m.observationHeader(h, e, r)
	s := &lhcrv1.Statement{
		Header: h, Code: contract.Concept(r.Code), Categories: contract.Concepts(r.Category), Finding: m.finding(h, e, r),
	}
	s.Date, s.Period = s.GetFinding().GetEffective(), s.GetFinding().GetEffectivePeriod()
	m.put(section, s)
}

// observationHeader fills what every observation says beside its finding.
func (m *Mapper) observationHeader(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.Observation) {
	m.participants(h, e, asPerformer, r.Performer)
	m.comments(h, e, r)
	m.rest(h, e, "sequelTo")
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toWhole, r.PartOf)
	m.linkAll(e, toMember, r.HasMember)
	m.linkAll(e, toOrigin, r.DerivedFrom)
	for i := range r.Related {
		m.related(e, r, &r.Related[i])
	}
	for i := range r.Extension { // R4's sequel-to, R5's triggered-by
		x := &r.Extension[i]
		m.labelled(e, toUnnamed, model.Of[model.Reference](x.Value), plainName(x.Tail()))
		m.labelled(e, toUnnamed, model.Of[model.Reference](x.Part("observation")), plainName(x.Tail()))
	}
	flagConcepts(h, contract.Concept(r.Code))
	route(h, r.Code, r.Value.Concept())
}

// comments keeps an observation's comments (STU3 comment, R4 note): a result can
// live in them only (contract INV-001).
func (m *Mapper) comments(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.Observation) {
	if r.Comment != "" {
		h.Notes = append(h.Notes, &lhcrv1.Note{Text: r.Comment, Kind: commentOfItem})
	}
	for _, n := range m.makeNotes(e, r.Note) {
		n.Kind = commentOfItem
		h.Notes = append(h.Notes, n)
	}
}

// related links by STU3's kinds of relation.
func (m *Mapper) related(e *answer.Entry, r *model.Observation, x *model.Related) {
	switch {
	case m.isMember(e, x):
		m.link(e, toMember, x.Target)
	case isComment(r) && (x.Type == "derived-from" || x.Type == ""):
		m.link(e, toCommented, x.Target)
	case x.Type == "derived-from":
		m.link(e, toOrigin, x.Target)
	case x.Type == "replaces":
		m.link(e, toReplaced, x.Target)
	default:
		m.labelled(e, toUnnamed, x.Target, x.Type)
	}
}

// isMember reports a relation from a group to its member. Some systems leave the
// kind of relation out: then it is one where a report names the group and not the
// member.
func (m *Mapper) isMember(e *answer.Entry, x *model.Related) bool {
	if x.Type != "" {
		return x.Type == "has-member"
	}
	reported := m.reported()
	return reported[e] && !reported[m.answer.Follow(e, x.Target)]
}

func (m *Mapper) resultKind(e *answer.Entry, r *model.Observation) lhcrv1.InvestigationResultKind {
	switch {
	case isComment(r):
		return lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_COMMENT
	case len(m.members(e, r)) > 0:
		return lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_GROUP
	case m.reported()[e], m.grouped()[e], hasCategory(r.Category, "laboratory"):
		return lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_RESULT
	}
	return lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_UNSPECIFIED
}

// members are the references to an observation's members.
func (m *Mapper) members(e *answer.Entry, r *model.Observation) []*model.Reference {
	var out []*model.Reference
	for i := range r.HasMember {
		out = append(out, &r.HasMember[i])
	}
	for i := range r.Related {
		if m.isMember(e, &r.Related[i]) {
			out = append(out, r.Related[i].Target)
		}
	}
	return out
}

// reported are the resources that a report names as its results.
func (m *Mapper) reported() map[*answer.Entry]bool {
	if m.inReport != nil {
		return m.inReport
	}
	m.inReport = map[*answer.Entry]bool{}
	for e, r := range answer.Each[model.DiagnosticReport](m.answer) {
		for i := range r.Result {
			if result := m.answer.Follow(e, &r.Result[i]); result != nil {
				m.inReport[result] = true
			}
		}
	}
	return m.inReport
}

// grouped are the resources that an observation names as its members.
func (m *Mapper) grouped() map[*answer.Entry]bool {
	if m.inGroup != nil {
		return m.inGroup
	}
	m.inGroup = map[*answer.Entry]bool{}
	for e, r := range answer.Each[model.Observation](m.answer) {
		for _, ref := range m.members(e, r) {
			if member := m.answer.Follow(e, ref); member != nil {
				m.inGroup[member] = true
			}
		}
	}
	return m.inGroup
}
