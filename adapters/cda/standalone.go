package cda

import "github.com/openlhcr/openlhcr/adapters/xmltree"

// allergyValues are the kinds of allergy and intolerance that a value names (SNOMED CT, as C-CDA binds them). Read only.
var allergyValues = []string{
	"420134006", "418038007", "419511003", "418471000", "419199007", "416098002", "414285001", "59037007", "235719002", "609328004",
	"ALG", "OALG", "OINT", "DALG", "DINT", "DNAINT", "EALG", "EINT", "ENAINT", "FALG", "FINT", "FNAINT", "NAINT", "INT",
}

// standalone takes an allergy out of the statement around it: however deep it stands in groups and acts, it is an allergy
// of the patient.
func (s *statement) standalone() {
	if s.e.Local != "observation" || s.parent == nil || s.isReaction() {
		return
	}
	switch {
	case namesAllergy(s.e):
		s.kind = kindAllergies
	case s.kind != kindAllergies || s.isAside():
		return
	case s.concern == nil && s.role != "COMP" && s.role != "":
		return
	}
	s.parent, s.role = nil, ""
}

func (s *statement) isReaction() bool { return s.role == "MFST" || has(s.e, reactionTemplates...) }

func (s *statement) isAside() bool { return relation{e: s.e}.isSmall() }

// namesAllergy reports an observation of a kind of allergy with what is reacted to.
func namesAllergy(e *xmltree.Element) bool {
	if !is(e.Child("value"), allergyValues...) && !is(e.Child("code"), allergyValues...) {
		return false
	}
	for _, p := range e.Children("participant") {
		if p.Attr("typeCode") == "CSM" {
			return true
		}
	}
	return false
}
